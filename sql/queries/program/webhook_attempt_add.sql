-- $1 webhook, $2 event, $3 number, $4 seconds from now
INSERT INTO webhook_attempt (webhook_id, event_id, number, due_at)
VALUES ($1::uuid, $2::uuid, $3::int, now() + make_interval(secs => $4::int))
