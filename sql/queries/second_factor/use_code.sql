-- $1 account, $2 hash
UPDATE recovery_code SET used_at = now()
WHERE account_id = $1::uuid AND code_hash = $2 AND used_at IS NULL
