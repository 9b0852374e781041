-- Whether somebody who answers for a webhook may know, now, what it tells: its creator, or one of the responsible
-- persons of the program that did.
CREATE OR REPLACE FUNCTION webhook_is_backed(w webhook) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
        SELECT EXISTS (
            SELECT FROM (SELECT w.account_id WHERE w.client_id IS NULL
                         UNION ALL
                         SELECT b.account_id FROM client c CROSS JOIN LATERAL client_backers(c) b
                         WHERE c.id = w.client_id) who
            WHERE CASE WHEN w.siret IS NOT NULL THEN may_answer_for(w.siret, NULL, who.account_id)
                       ELSE EXISTS (SELECT FROM staff_roles() r WHERE r.account_id = who.account_id
                                      AND r.product = w.product AND r.role = 'manager') END)
    $$;
