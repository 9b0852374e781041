-- One row where this batch is not written yet. Hours that were rolled up without its rows (the
-- database was away meanwhile, or the clock was set back) are marked, and none is rolled up until the
-- transaction ends.
-- $1 writer, $2 number of the batch, $3 its oldest row (milliseconds since 1970)
WITH old AS MATERIALIZED (
    SELECT r.until FROM call_rolled r
    WHERE to_timestamp($3::bigint / 1000.0) < greatest(r.until, clock_timestamp() - interval '4 minutes')
    FOR SHARE
), late AS (
    INSERT INTO call_late_hour (hour)
    SELECT hour
    FROM old o,
         generate_series(date_trunc('hour', to_timestamp($3::bigint / 1000.0), 'UTC'),
                         o.until - interval '1 hour', interval '1 hour') hour
    ON CONFLICT DO NOTHING
)
INSERT INTO call_writer (id, batch) VALUES ($1::uuid, $2::bigint)
ON CONFLICT (id) DO UPDATE SET batch = EXCLUDED.batch, at = now() WHERE call_writer.batch < EXCLUDED.batch
RETURNING batch
