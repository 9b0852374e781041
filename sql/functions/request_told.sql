-- Who is told about a request. Every mail about one, and about its token, has its recipients from here, so that nothing is sent
-- to who is gone. Audiences:
--   applicant     who carries it; where they may act for it no longer (deleted, suspended, left), the organisation's active
--                 members in their place
--   organisation  the applicant, and the active members beside them
--   instructors   of the product, whom it does not serve
--   assignee      who it is assigned to, where they still are such an instructor; else all of them
-- At most twenty members are told, who asked to take the request over and those who logged in last: a large organisation is not
-- mailed as a whole. Not among them are external members, who see their own requests alone.
CREATE OR REPLACE FUNCTION request_told(r request, audience text) RETURNS TABLE (account_id uuid, is_applicant boolean)
    LANGUAGE sql STABLE ROWS 4
    SET app.is_system = 'on'
    AS $$
        WITH carrier AS (
            SELECT r.applicant_id AS id WHERE r.siret = ANY (applicant_sirets(r.applicant_id))
        ), instructor AS (
            SELECT DISTINCT s.account_id AS id FROM staff_roles() s
            WHERE audience IN ('instructors', 'assignee') AND s.product = r.product AND s.role IN ('instructor', 'manager')
              AND request_conflict(r, s.account_id) IS NULL
        )
        SELECT c.id, true FROM carrier c WHERE audience IN ('applicant', 'organisation')
        UNION ALL
        (SELECT a.id, false FROM membership m JOIN account a ON a.id = m.account_id
         WHERE (audience = 'organisation' OR audience = 'applicant' AND NOT EXISTS (SELECT FROM carrier))
           AND m.siret = r.siret AND m.state = 'active' AND a.id <> r.applicant_id AND account_is_active(a)
         ORDER BY EXISTS (SELECT FROM living_takeover(r) k WHERE k.asked_by = a.id) DESC, a.last_login_at DESC NULLS LAST, a.id
         LIMIT 20)
        UNION ALL
        SELECT i.id, false FROM instructor i
        WHERE audience = 'instructors' OR i.id = r.assignee_id OR r.assignee_id IS NULL
              OR r.assignee_id NOT IN (SELECT o.id FROM instructor o)
    $$;
