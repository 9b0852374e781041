-- How long until the next mail is due, where none is due now; NULL without any.
-- :one () -> wait_ms int8?
SELECT ceil(extract(epoch FROM min(next_attempt_at) - now()) * 1000)::bigint AS wait_ms
FROM outbox WHERE state IN ('pending', 'sealed') AND next_attempt_at > now()
