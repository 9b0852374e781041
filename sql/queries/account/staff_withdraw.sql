-- Withdraws a role. No row is affected where the person does not have it.
-- :affected (account uuid, role text, product text?)
DELETE FROM staff_role WHERE account_id = $1::uuid AND role = $2 AND product IS NOT DISTINCT FROM $3
