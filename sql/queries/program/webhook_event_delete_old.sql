-- Deletes events older than 30 days, and by cascade their attempts.
-- :exec ()
DELETE FROM webhook_event WHERE at < now() - interval '30 days'
