-- Takes one job that is due for five minutes. One that waits longer than any but a recurring one may,
-- waits for a clock that was set back; for the recurring ones see job/keep.
WITH due AS (
    SELECT id FROM job
    WHERE run_at <= now() OR (run_at > now() + interval '65 minutes' AND key IS DISTINCT FROM 'recurring')
    ORDER BY run_at LIMIT 1 FOR UPDATE SKIP LOCKED
)
UPDATE job j
SET attempts = j.attempts + 1, run_at = now() + interval '5 minutes'
FROM due
WHERE j.id = due.id
RETURNING j.id, j.kind, j.key, j.payload::text, j.attempts
