-- $1 token, $2 months
UPDATE token
SET expires_at = greatest(expires_at, now()) + make_interval(months => $2::int), version = version + 1
WHERE id = $1::uuid
RETURNING api_time(expires_at) AS expires_at
