-- Removes the factor and its recovery codes.
-- :exec (account uuid)
WITH codes AS (DELETE FROM recovery_code WHERE account_id = $1::uuid)
DELETE FROM second_factor WHERE account_id = $1::uuid
