-- A contact of the form with every member, null where nothing was typed; without the keys by which it is compared.
CREATE OR REPLACE FUNCTION contact_document(contact jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
        SELECT '{"kind": null, "given_name": null, "family_name": null, "email": null, "phone": null,
                 "job_title": null}'::jsonb || (coalesce(contact, '{}') - '{email_key,phone_key}'::text[])
    $$;
