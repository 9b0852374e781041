-- The takeover of a request that somebody asked for and that waits; no row where none does. It is over once another person
-- carries the request, once the request is archived, and once who asked is no active member any more.
CREATE OR REPLACE FUNCTION living_takeover(r request) RETURNS SETOF request_takeover
    LANGUAGE plpgsql STABLE
    SET app.is_system = 'on'
    AS $$
    BEGIN
        RETURN QUERY
            SELECT t.* FROM request_takeover t
            JOIN account a ON a.id = t.asked_by
            JOIN membership m ON m.account_id = a.id AND m.siret = r.siret
            WHERE t.request_id = r.id AND t.applicant_id = r.applicant_id AND r.state <> 'archived'
              AND m.state = 'active' AND account_is_active(a);
    END
    $$;
