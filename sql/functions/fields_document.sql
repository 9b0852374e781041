-- The members of the form that every request shows, filled in or not.
CREATE OR REPLACE FUNCTION fields_document(fields jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
        SELECT '{"procedures": [], "title": null, "description": null, "scopes": [],
                 "scope_justifications": {}, "recipients": null, "retention_months": null,
                 "retention_justification": null, "expected_volume": null, "production_date": null,
                 "public_service_mission": null}'::jsonb
            || (fields - '{terms_accepted,dpo_informed}'::text[])
            || jsonb_build_object(
                'legal_basis', '{"text": null, "url": null}'::jsonb
                               || coalesce(fields -> 'legal_basis', '{}'),
                'contacts', jsonb_build_object(
                    'data_controller', contact_document(fields #> '{contacts,data_controller}'),
                    'data_protection_officer',
                        contact_document(fields #> '{contacts,data_protection_officer}'),
                    'business', contact_document(fields #> '{contacts,business}'),
                    'technical', contact_document(fields #> '{contacts,technical}')))
    $$;
