-- $1 request, $2 event, $3 state before, $4 state after, $5 actor or NULL, $6 as staff, $7 detail
INSERT INTO request_event (request_id, event, from_state, to_state, actor_id, as_staff, detail)
VALUES ($1::uuid, $2, nullif($3, 'none'), nullif($4, 'none'), $5::uuid, $6::boolean, $7::jsonb)
