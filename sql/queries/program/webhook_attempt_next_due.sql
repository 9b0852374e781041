-- How long until the next delivery is due, where none is due now; NULL without any.
-- :one () -> wait_ms int8?
SELECT ceil(extract(epoch FROM min(due_at) - now()) * 1000)::bigint AS wait_ms
FROM webhook_attempt WHERE state = 'pending' AND due_at > now()
