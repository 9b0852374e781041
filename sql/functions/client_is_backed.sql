-- A program goes as far as its account: no longer a member, or no longer staff, and it is let in no more.
CREATE OR REPLACE FUNCTION client_is_backed(c client) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
    BEGIN
        RETURN EXISTS (SELECT FROM account a WHERE a.id = c.account_id AND account_is_active(a))
               AND CASE WHEN c.siret IS NOT NULL
                        THEN EXISTS (SELECT FROM membership m WHERE m.account_id = c.account_id
                                       AND m.siret = c.siret AND m.state = 'active')
                        ELSE EXISTS (SELECT FROM staff_roles() r WHERE r.account_id = c.account_id AND r.product = c.product)
                   END;
    END
    $$;
