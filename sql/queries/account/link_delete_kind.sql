-- $1 account, $2 kind
DELETE FROM link WHERE account_id = $1::uuid AND kind = $2 AND used_at IS NULL
