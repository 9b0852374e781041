-- Deletes what was used in windows that have ended.
-- :exec ()
DELETE FROM quota WHERE ends_at < now()
