-- Uses a recovery code. No row is affected where it is wrong or used.
-- :affected (account uuid, hash text)  -- in hexadecimal
UPDATE recovery_code SET used_at = now()
WHERE account_id = $1::uuid AND code_hash = decode($2, 'hex') AND used_at IS NULL
