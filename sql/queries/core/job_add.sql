-- $1 kind, $2 key (one job a key; NULL: any number), $3 payload, $4 seconds from now
INSERT INTO job (kind, key, payload, run_at)
VALUES ($1, $2, coalesce($3, '{}')::jsonb, now() + make_interval(secs => $4::int))
ON CONFLICT ON CONSTRAINT job_kind_key_uq DO NOTHING
