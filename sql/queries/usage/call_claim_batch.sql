-- Claims a batch of a writer: no row where it is written already. Marks the hours that were rolled up
-- without the rows of the batch (the database was unreachable meanwhile, or the clock was set back), and lets
-- none be rolled up until the transaction ends.
-- :affected (writer uuid,
--            number int8,        -- of the batch
--            oldest_at_ms int8)  -- its oldest row, since 1970
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
