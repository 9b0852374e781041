-- From one state to the next. $1 request, $2 event, $3 state, $4 reopened, $5 is a submission,
-- $6 is a decision, $7 warnings or NULL, $8 habilitation or NULL
UPDATE request
SET last_event = $2, state = $3, reopened = $4::boolean, version = version + 1, updated_at = now(),
    reminded_at = NULL,
    submitted_at = CASE WHEN $5::boolean THEN now() ELSE submitted_at END,
    first_submitted_at = CASE WHEN $5::boolean THEN coalesce(first_submitted_at, now())
                              ELSE first_submitted_at END,
    decided_at = CASE WHEN $6::boolean THEN now() ELSE decided_at END,
    warnings = coalesce($7::integer, warnings),
    habilitation_id = coalesce($8::uuid, habilitation_id)
WHERE id = $1::uuid
