-- Writes when tokens were last called, with the current, the previous string and that of a former system. The rows are locked in
-- the order of their ids: two instances that write at once would wait for each other else.
-- :exec (tokens uuid[],
--        current_ms int8[],   -- since 1970; 0: not called since last time
--        previous_ms int8[],
--        former_ms int8[],
--        former_calls int8[])  -- since last time
WITH called AS (
    SELECT c.* FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[])
        AS c (id, current_ms, previous_ms, former_ms, former_calls)
), locked AS MATERIALIZED (
    SELECT t.id FROM token t WHERE t.id = ANY ($1::uuid[]) ORDER BY t.id FOR NO KEY UPDATE
)
UPDATE token t
SET last_called_at = greatest(t.last_called_at, to_timestamp(nullif(greatest(c.current_ms, c.previous_ms, c.former_ms), 0) / 1000.0)),
    previous_last_called_at = greatest(t.previous_last_called_at, to_timestamp(nullif(c.previous_ms, 0) / 1000.0)),
    former_last_called_at = greatest(t.former_last_called_at, to_timestamp(nullif(c.former_ms, 0) / 1000.0)),
    former_calls = t.former_calls + c.former_calls
FROM locked l JOIN called c ON c.id = l.id
WHERE t.id = l.id
