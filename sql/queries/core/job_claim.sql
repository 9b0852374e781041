-- Claims one due job of the slow kinds, or of the others, for five minutes. A job that is due further ahead than any job but a recurring one may be
-- was left by a clock that was set back; for recurring jobs see job_keep.
-- :opt (slow_kinds text[], is_slow bool) -> job_row (
--     id uuid,
--     kind text,
--     payload text,            -- JSON
--     attempts int4)           -- this one included
WITH due AS (
    SELECT id FROM job
    WHERE (kind = ANY ($1::text[])) = $2::boolean
      AND (run_at <= now() OR (run_at > now() + interval '65 minutes' AND key IS DISTINCT FROM 'recurring'))
    ORDER BY run_at LIMIT 1 FOR UPDATE SKIP LOCKED
)
UPDATE job j
SET attempts = j.attempts + 1, run_at = now() + interval '5 minutes'
FROM due
WHERE j.id = due.id
RETURNING j.id, j.kind, j.payload::text AS payload, j.attempts
