-- Retention: sessions that have ended, after seven days or twelve hours without a request.
-- :exec ()
DELETE FROM session WHERE expires_at < now() OR last_seen_at < now() - interval '12 hours'
