-- Retention: registrations that expired a week ago.
-- :exec ()
WITH dead AS (DELETE FROM registration WHERE expires_at < now() - interval '7 days' RETURNING secret_hash, expires_at)
INSERT INTO spent_link (secret_hash, kind, ending, at)
SELECT secret_hash, 'activation', 'expired', expires_at FROM dead WHERE secret_hash IS NOT NULL
