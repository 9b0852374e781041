-- Support's words are for the person and for support.
CREATE OR REPLACE FUNCTION membership_json(m membership, with_reason boolean) RETURNS json
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
        SELECT json_build_object(
            'id', m.id,
            'version', m.version,
            'state', m.state,
            'ground', m.ground,
            'siret', m.siret,
            'organisation_name', (SELECT o.name FROM organisation o WHERE o.siret = m.siret),
            'account', person_json(m.account_id),
            'reason', CASE WHEN with_reason THEN m.reason END,
            'created_at', api_time(m.created_at),
            'resolved_at', api_time(m.resolved_at))
    $$;
