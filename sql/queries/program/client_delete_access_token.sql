-- Revokes an access token on behalf of the client that it belongs to.
-- :affected (token_hash text, client uuid)
DELETE FROM client_access_token WHERE token_hash = $1 AND client_id = $2::uuid
