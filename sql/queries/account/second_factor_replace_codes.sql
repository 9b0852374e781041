-- Replaces the recovery codes.
-- :exec (account uuid,
--        hashes text)  -- in hexadecimal, separated by blanks
WITH dead AS (DELETE FROM recovery_code WHERE account_id = $1::uuid)
INSERT INTO recovery_code (account_id, code_hash)
SELECT $1::uuid, decode(hash, 'hex') FROM unnest(string_to_array($2::text, ' ')) AS hash
