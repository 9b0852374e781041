-- Retention: attempts that neither count nor block any longer.
-- :exec ()
DELETE FROM attempt WHERE window_started_at < now() - interval '1 day' AND coalesce(blocked_until < now(), true)
