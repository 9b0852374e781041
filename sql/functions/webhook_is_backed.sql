-- Whoever made it must still be entitled to what it tells.
CREATE OR REPLACE FUNCTION webhook_is_backed(w webhook) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
        SELECT EXISTS (SELECT FROM account a WHERE a.id = w.account_id AND account_is_active(a))
           AND CASE WHEN w.siret IS NOT NULL
                    THEN EXISTS (SELECT FROM membership m WHERE m.account_id = w.account_id
                                   AND m.siret = w.siret AND m.state = 'active')
                    ELSE EXISTS (SELECT FROM staff_roles() r WHERE r.account_id = w.account_id
                                   AND r.product = w.product AND r.role = 'manager')
               END
    $$;
