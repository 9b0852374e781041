-- Locks the removal that waits, and says who asked for it and whether they still could.
-- :opt (account uuid) -> second_factor_reset_row (
--     asked_by uuid,
--     is_backed bool)          -- the administrator who asked still is one
SELECT r.asked_by,
       EXISTS (SELECT FROM staff_roles() s WHERE s.account_id = r.asked_by AND s.role = 'admin') AS is_backed
FROM second_factor_reset r WHERE r.account_id = $1::uuid FOR UPDATE OF r
