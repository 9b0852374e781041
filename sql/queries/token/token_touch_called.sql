-- Writes when tokens were last called, with the current and with the previous string.
-- :exec (tokens uuid[],
--        current_ms int8[],   -- since 1970; 0: not called since last time
--        previous_ms int8[])
UPDATE token t
SET last_called_at = greatest(t.last_called_at, to_timestamp(nullif(greatest(c.current_ms, c.previous_ms), 0) / 1000.0)),
    previous_last_called_at = greatest(t.previous_last_called_at, to_timestamp(nullif(c.previous_ms, 0) / 1000.0))
FROM unnest($1::uuid[], $2::bigint[], $3::bigint[]) AS c (id, current_ms, previous_ms)
WHERE t.id = c.id
