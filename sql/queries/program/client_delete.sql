-- Deletes a client, and by cascade its secrets and access tokens.
-- :exec (client uuid)
DELETE FROM client WHERE id = $1::uuid
