-- Adds a secret to a client that is locked.
-- :one (client uuid, secret_hash text) -> client_new_secret (
--     id uuid,
--     created_at text)         -- RFC 3339
INSERT INTO client_secret (client_id, secret_hash) VALUES ($1::uuid, $2)
RETURNING id, api_time(created_at) AS created_at
