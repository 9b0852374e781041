-- Deletes every secret of a client, and by cascade its access tokens.
-- :exec (client uuid)
DELETE FROM client_secret WHERE client_id = $1::uuid
