-- $1 kind of a recurring job, $2 seconds between two runs. Made where it is missing. Due at once where
-- it waits longer than it may (its interval, or 64 minutes after failures): the clock was set back.
INSERT INTO job AS j (kind, key, payload, run_at)
VALUES ($1, 'recurring', '{}', now())
ON CONFLICT ON CONSTRAINT job_kind_key_uq DO UPDATE SET run_at = now()
WHERE j.run_at > now() + make_interval(
    secs => 60 + CASE WHEN j.attempts = 0 THEN $2::int ELSE greatest($2::int, 3840) END)
