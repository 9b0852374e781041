-- Keeps that somebody asks to take a request over, in place of a takeover that is over.
-- :one (request uuid, account uuid, days int4) -> due_on text  -- day and time in Paris
INSERT INTO request_takeover AS t (request_id, applicant_id, asked_by, due_at)
SELECT r.id, r.applicant_id, $2::uuid, now() + make_interval(days => $3::int) FROM request r WHERE r.id = $1::uuid
ON CONFLICT ON CONSTRAINT request_takeover_pk DO UPDATE
SET applicant_id = excluded.applicant_id, asked_by = excluded.asked_by, asked_at = excluded.asked_at, due_at = excluded.due_at
RETURNING paris_time(t.due_at) AS due_on
