-- Locks the administrators, so that two cannot withdraw or suspend each other at the same time, and says whether
-- an account is the only one.
-- :one (account uuid) -> is_last bool
SELECT coalesce(bool_and(l.account_id = $1::uuid), false) AS is_last
FROM (SELECT s.account_id FROM staff_role s JOIN account a ON a.id = s.account_id
      WHERE s.role = 'admin' AND account_is_active(a) ORDER BY s.account_id
      FOR UPDATE OF s FOR NO KEY UPDATE OF a) AS l
