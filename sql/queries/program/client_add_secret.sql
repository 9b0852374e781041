-- Adds a secret to a client that is locked, in the place of those that have ended.
-- :one (
--     client uuid,
--     secret_hash text,
--     expires_at timestamptz?) -- NULL: it has no end
-- -> client_new_secret (
--     id uuid,
--     created_at text,         -- RFC 3339
--     expires_at text?)
WITH ended AS (
    DELETE FROM client_secret WHERE client_id = $1::uuid AND expires_at <= now()
)
INSERT INTO client_secret (client_id, secret_hash, expires_at) VALUES ($1::uuid, $2, $3::timestamptz)
RETURNING id, api_time(created_at) AS created_at, api_time(expires_at) AS expires_at
