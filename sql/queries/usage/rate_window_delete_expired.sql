-- Deletes windows that ended an hour ago.
-- :exec ()
DELETE FROM rate_window WHERE started_at < now() - interval '1 hour'
