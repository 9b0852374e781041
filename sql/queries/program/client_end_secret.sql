-- Ends a secret in some days, where it has no earlier end; the access tokens that it gave end with it.
-- :one (secret uuid, days int4) -> ends_at text
UPDATE client_secret SET expires_at = least(expires_at, now() + make_interval(days => $2::int))
WHERE id = $1::uuid
RETURNING api_time(expires_at) AS ends_at
