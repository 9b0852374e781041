-- Plans a delivery of an event to a webhook.
-- :exec (
--     webhook uuid,
--     event uuid,
--     number int4,             -- from 1
--     in_s int4)               -- seconds from now
INSERT INTO webhook_attempt (webhook_id, event_id, number, due_at)
VALUES ($1::uuid, $2::uuid, $3::int, now() + make_interval(secs => $4::int))
