-- $1 account, $2 role, $3 product or NULL
DELETE FROM staff_role WHERE account_id = $1::uuid AND role = $2 AND product IS NOT DISTINCT FROM $3
