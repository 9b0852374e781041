-- Counts one more try before it is made, so that many callers at once get no more tries than one caller. While
-- the key has to wait, nothing is counted. The try that reaches the limit is the last one: from then on the key
-- waits, and afterwards its count starts again. A window that begins in the future was left by a clock that was
-- set back, and is over.
-- :one (
--     key bytea,
--     window_s int4,
--     limit int4,
--     wait_s int4)
-- -> attempt_taken (
--     is_taken bool,           -- false while the key has to wait
--     wait_s int8)             -- how long
WITH taken AS (
    INSERT INTO attempt AS a (key, count, window_started_at, blocked_until)
    VALUES ($1, 1, now(), CASE WHEN $3::int <= 1 THEN now() + $4::int * interval '1 second' END)
    ON CONFLICT (key) DO UPDATE
    SET (count, window_started_at, blocked_until) = (
        SELECT n.count, n.started_at, CASE WHEN n.count >= $3::int THEN now() + $4::int * interval '1 second' END
        FROM (SELECT CASE WHEN w.goes_on THEN a.count + 1 ELSE 1 END AS count,
                     CASE WHEN w.goes_on THEN a.window_started_at ELSE now() END AS started_at
              FROM (SELECT a.blocked_until IS NULL
                           AND a.window_started_at BETWEEN now() - $2::int * interval '1 second'
                                                       AND now() + interval '1 minute' AS goes_on) w) n)
    WHERE a.blocked_until IS NULL OR a.blocked_until <= now() OR a.window_started_at > now() + interval '1 minute'
    RETURNING a.count
)
SELECT EXISTS (SELECT FROM taken) AS is_taken,
       coalesce((SELECT ceil(extract(epoch FROM blocked_until - now()))::bigint
                 FROM attempt WHERE key = $1 AND blocked_until > now()), $4::bigint) AS wait_s
