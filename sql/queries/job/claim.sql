-- Takes one job that is due for five minutes.
UPDATE job j
SET attempts = j.attempts + 1, run_at = now() + interval '5 minutes'
FROM (SELECT id FROM job WHERE run_at <= now() ORDER BY run_at FOR UPDATE SKIP LOCKED LIMIT 1) due
WHERE j.id = due.id
RETURNING j.id, j.kind, j.key, j.payload::text, j.attempts
