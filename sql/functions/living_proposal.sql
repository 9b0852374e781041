-- The approval of a request that waits for a second instructor; no row where none does. It is of the request as it is
-- now, and who proposed it could approve it still.
CREATE OR REPLACE FUNCTION living_proposal(r request) RETURNS SETOF request_proposal
    LANGUAGE plpgsql STABLE
    SET app.is_system = 'on'
    AS $$
    BEGIN
        RETURN QUERY
            SELECT p.* FROM request_proposal p JOIN account a ON a.id = p.proposed_by
            WHERE p.request_id = r.id AND p.request_version = r.version AND r.state = 'submitted'
              AND account_is_active(a)
              AND EXISTS (SELECT FROM staff_roles() s WHERE s.account_id = p.proposed_by AND s.product = r.product
                            AND s.role IN ('instructor', 'manager'))
              AND request_conflict(r, p.proposed_by) IS NULL;
    END
    $$;
