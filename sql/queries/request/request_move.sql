-- Moves a request to another state, and says so in its history. An approval that waited for a second instructor ends,
-- and with the archive a takeover.
-- :one (request uuid,
--        transition text,          -- key of table request_transition
--        state text,               -- the next one
--        is_reopened bool,
--        submits bool,
--        decides bool,
--        warnings int4?,           -- of a submission
--        habilitation uuid?,       -- granted by this move
--        event text?,              -- of the history; NULL: none
--        account uuid?,            -- who acts; NULL: the program itself
--        as_staff bool,
--        detail jsonb?)            -- see request_event_add
-- -> request_moved (
--     expected_days int8?)         -- of a submission: how many days a decision took lately, rounded up
WITH told AS (
    INSERT INTO request_event (request_id, event, from_state, to_state, actor_id, as_staff, detail)
    SELECT r.id, $9, r.state, $3, $10::uuid, $11::boolean, coalesce($12::jsonb, '{}')
    FROM request r WHERE r.id = $1::uuid AND $9::text IS NOT NULL
),
proposal AS (DELETE FROM request_proposal WHERE request_id = $1::uuid),
takeover AS (DELETE FROM request_takeover WHERE request_id = $1::uuid AND $3 = 'archived')
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
RETURNING CASE WHEN $5::boolean THEN ceil(extract(epoch FROM median_wait(product)) / 86400)::bigint END AS expected_days
