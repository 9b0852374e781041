-- Deletes a filter of the account.
-- :affected (account uuid, filter uuid)
DELETE FROM saved_filter WHERE account_id = $1::uuid AND id = $2::uuid
