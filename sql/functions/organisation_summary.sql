-- What a request's document says of its organisation.
CREATE OR REPLACE FUNCTION organisation_summary(asked_siret text) RETURNS json
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
        SELECT json_build_object(
            'siret', o.siret,
            'name', CASE WHEN o.state <> 'pending_directory' THEN o.name END,
            'legal_category', o.legal_category,
            'address', o.address,
            'open', CASE o.state WHEN 'open' THEN true WHEN 'closed' THEN false END,
            'eligible', o.eligible,
            'eligibility_ground', o.eligibility_ground)
        FROM organisation o WHERE o.siret = asked_siret
    $$;
