-- The responsible persons of a program who count now, the longest first: a program may do what one of them may do.
-- `roles`: theirs on the product, as role:product, separated by blanks.
CREATE OR REPLACE FUNCTION client_backers(c client)
    RETURNS TABLE (account_id uuid, email text, roles text, accepted_at timestamptz)
    LANGUAGE plpgsql STABLE ROWS 2
    SET app.is_system = 'on'
    AS $$
    BEGIN
        RETURN QUERY
        SELECT p.account_id, a.email,
               (SELECT string_agg(r.role || ':' || r.product, ' ' ORDER BY r.id)
                FROM staff_roles() r WHERE r.account_id = p.account_id AND r.product = c.product),
               p.accepted_at
        FROM client_person p JOIN account a ON a.id = p.account_id
        WHERE p.client_id = c.id AND p.accepted_at IS NOT NULL AND may_answer_for(c.siret, c.product, p.account_id)
        ORDER BY p.accepted_at, p.account_id;
    END
    $$;
