-- Whom an export is made for: an active account with the roles that count now.
-- :opt (account uuid) -> export_actor (
--     email text,
--     roles text?)             -- "role:product", separated by blanks
SELECT a.email,
       (SELECT string_agg(r.role || ':' || coalesce(r.product, ''), ' ' ORDER BY r.role, r.product)
        FROM staff_roles() r WHERE r.account_id = a.id) AS roles
FROM account a
WHERE a.id = $1::uuid AND account_is_active(a)
