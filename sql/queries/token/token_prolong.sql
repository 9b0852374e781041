-- The same string is good for some months more.
-- :one (token uuid, months int4) -> expires_at text
UPDATE token
SET expires_at = greatest(expires_at, now()) + make_interval(months => $2::int), version = version + 1
WHERE id = $1::uuid
RETURNING api_time(expires_at) AS expires_at
