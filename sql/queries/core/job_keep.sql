-- Makes sure that a recurring job exists. It is due at once where it waits longer than it may (its interval, or
-- 64 minutes after failures): the clock was set back.
-- :exec (
--     kind text,
--     interval_s int4)         -- between two runs
INSERT INTO job AS j (kind, key, payload, run_at)
VALUES ($1, 'recurring', '{}', now())
ON CONFLICT ON CONSTRAINT job_kind_key_uq DO UPDATE SET run_at = now()
WHERE j.run_at > now() + make_interval(
    secs => 60 + CASE WHEN j.attempts = 0 THEN $2::int ELSE greatest($2::int, 3840) END)
