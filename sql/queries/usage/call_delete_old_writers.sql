-- Deletes the writers of programs that ended: one that runs claims a batch more often than once a day.
-- :exec ()
DELETE FROM call_writer WHERE at < now() - interval '1 day'
