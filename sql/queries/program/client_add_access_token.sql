-- Adds an access token of a client, and notes that client and secret were used.
-- :exec (
--     token_hash text,
--     client uuid,
--     secret uuid,             -- the one that authenticated the client
--     scopes text,             -- separated by blanks
--     lifetime_s int4)
WITH used AS (
    UPDATE client_secret SET last_used_at = now() WHERE id = $3::uuid
), seen AS (
    UPDATE client SET last_used_at = now() WHERE id = $2::uuid
)
INSERT INTO client_access_token (token_hash, client_id, secret_id, scopes, expires_at)
VALUES ($1, $2::uuid, $3::uuid, string_to_array($4, ' '), now() + make_interval(secs => $5::int))
