-- Deletes a secret, and by cascade the access tokens that were issued with it.
-- :affected (secret uuid, client uuid)
DELETE FROM client_secret WHERE id = $1::uuid AND client_id = $2::uuid
