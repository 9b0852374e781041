-- One more in the window; where it reaches the limit the key has to wait and starts again afterwards.
-- A window that begins later than now was left by a clock that was set back, and is over.
-- $1 key, $2 window in seconds, $3 limit, $4 wait in seconds. Gives the wait that this one caused.
INSERT INTO attempt AS a (key, count, window_started_at) VALUES ($1, 1, now())
ON CONFLICT (key) DO UPDATE
SET count = CASE WHEN a.window_started_at NOT BETWEEN now() - $2::int * interval '1 second' AND now() + interval '1 minute' THEN 1
                 WHEN a.count + 1 >= $3::int THEN 0 ELSE a.count + 1 END,
    window_started_at = CASE WHEN a.window_started_at NOT BETWEEN now() - $2::int * interval '1 second' AND now() + interval '1 minute'
                               OR a.count + 1 >= $3::int THEN now() ELSE a.window_started_at END,
    blocked_until = CASE WHEN a.window_started_at BETWEEN now() - $2::int * interval '1 second' AND now() + interval '1 minute'
                           AND a.count + 1 >= $3::int THEN now() + $4::int * interval '1 second'
                         ELSE a.blocked_until END
RETURNING count
