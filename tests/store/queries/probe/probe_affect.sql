-- Writes some rows.
-- :affected (most int4)
INSERT INTO attempt (key, count, window_started_at)
SELECT convert_to('probe-' || n, 'UTF8'), 0, now() FROM generate_series(1, $1::int) n
