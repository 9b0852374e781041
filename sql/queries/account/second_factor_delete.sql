-- Removes the factor, its recovery codes and a removal that was due.
-- :exec (account uuid)
WITH codes AS (DELETE FROM recovery_code WHERE account_id = $1::uuid),
     resets AS (DELETE FROM second_factor_reset WHERE account_id = $1::uuid)
DELETE FROM second_factor WHERE account_id = $1::uuid
