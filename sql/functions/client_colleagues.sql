-- Everybody who could answer for a program now.
CREATE OR REPLACE FUNCTION client_colleagues(c client) RETURNS SETOF uuid
    LANGUAGE plpgsql STABLE
    SET app.is_system = 'on'
    AS $$
    BEGIN
        RETURN QUERY
        SELECT m.account_id FROM membership m JOIN account a ON a.id = m.account_id
        WHERE m.siret = c.siret AND m.state = 'active' AND account_is_active(a)
        UNION
        SELECT r.account_id FROM staff_roles() r WHERE r.product = c.product;
    END
    $$;
