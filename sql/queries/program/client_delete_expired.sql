-- Deletes access tokens that expired more than an hour ago.
-- :exec ()
DELETE FROM client_access_token WHERE expires_at < now() - interval '1 hour'
