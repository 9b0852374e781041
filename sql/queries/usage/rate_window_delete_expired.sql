-- Windows that nobody has opened again for an hour.
DELETE FROM rate_window WHERE started_at < now() - interval '1 hour'
