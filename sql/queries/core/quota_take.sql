-- Takes an amount before it is used, where it fits what is left of the limit: many at once get no more than it. A
-- window begins with its first use; one that begins in the future was left by a clock that was set back.
-- :one (
--     key bytea,
--     amount int8,
--     limit int8,
--     window_s int4)
-- -> quota_taken (
--     is_taken bool,
--     wait_s int8)             -- until the window ends
WITH taken AS (
    INSERT INTO quota AS q (key, used, window_started_at, ends_at)
    SELECT $1::bytea, $2::bigint, now(), now() + make_interval(secs => $4::int) WHERE $2::bigint <= $3::bigint
    ON CONFLICT ON CONSTRAINT quota_pk DO UPDATE
    SET (used, window_started_at, ends_at) = (
        SELECT CASE WHEN w.goes_on THEN q.used + $2::bigint ELSE $2::bigint END,
               CASE WHEN w.goes_on THEN q.window_started_at ELSE now() END,
               CASE WHEN w.goes_on THEN q.ends_at ELSE now() + make_interval(secs => $4::int) END
        FROM (SELECT q.ends_at > now() AND q.window_started_at < now() + interval '1 minute' AS goes_on) w)
    WHERE q.used + $2::bigint <= $3::bigint OR q.ends_at <= now()
          OR q.window_started_at >= now() + interval '1 minute'
    RETURNING q.key
)
SELECT EXISTS (SELECT FROM taken) AS is_taken,
       coalesce((SELECT greatest(ceil(extract(epoch FROM ends_at - now())), 1)::bigint
                 FROM quota WHERE key = $1::bytea), $4::bigint) AS wait_s
