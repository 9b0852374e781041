-- What an attempt delivered, and whether its webhook is on.
-- :one (attempt uuid, webhook uuid) -> webhook_attempt_subject (
--     event_id uuid,
--     is_enabled bool)
SELECT a.event_id, w.enabled AS is_enabled
FROM webhook_attempt a
JOIN webhook w ON w.id = a.webhook_id
WHERE a.id = $1::uuid AND w.id = $2::uuid
