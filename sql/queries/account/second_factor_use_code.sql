-- $1 account, $2 hash in hexadecimal
UPDATE recovery_code SET used_at = now()
WHERE account_id = $1::uuid AND code_hash = decode($2, 'hex') AND used_at IS NULL
