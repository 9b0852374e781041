-- $1 account, $2 session that stays or NULL
DELETE FROM session WHERE account_id = $1::uuid AND id IS DISTINCT FROM $2::uuid
