-- Ends a removal that waits. No row is affected where none does.
-- :affected (account uuid)
DELETE FROM second_factor_reset WHERE account_id = $1::uuid
