-- Retention: links that were used or expired a week ago.
-- :exec ()
DELETE FROM link WHERE expires_at < now() - interval '7 days' OR used_at < now() - interval '7 days'
