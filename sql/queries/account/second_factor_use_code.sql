-- Uses a recovery code. No row is affected where it is wrong or used.
-- :affected (account uuid, hashes text)  -- of the code by every key, in hexadecimal, blanks between
UPDATE recovery_code SET used_at = now()
WHERE account_id = $1::uuid AND code_hash IN (SELECT decode(hash, 'hex') FROM regexp_split_to_table($2, ' ') hash) AND used_at IS NULL
