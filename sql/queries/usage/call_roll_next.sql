-- Rolls up the next hour of calls; false where none is due.
-- :one () -> rolled bool
SELECT call_roll_next() AS rolled
