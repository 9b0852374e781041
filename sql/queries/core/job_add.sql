-- Adds a job. A key makes it unique among the jobs of its kind: a second one is not added.
-- :exec (
--     kind text,
--     key text?,
--     payload text?,           -- JSON; NULL: {}
--     in_s int4)               -- seconds from now
INSERT INTO job (kind, key, payload, run_at)
VALUES ($1, $2, coalesce($3, '{}')::jsonb, now() + make_interval(secs => $4::int))
ON CONFLICT ON CONSTRAINT job_kind_key_uq DO NOTHING
