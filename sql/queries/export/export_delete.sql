-- Deletes an export of an account; one that is being made stops.
-- :affected (export uuid, account uuid)
DELETE FROM export WHERE id = $1::uuid AND account_id = $2::uuid
