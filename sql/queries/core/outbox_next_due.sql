-- Milliseconds until the next mail is due, where none is due now; NULL without any.
SELECT ceil(extract(epoch FROM min(next_attempt_at) - now()) * 1000)::bigint AS wait_ms
FROM outbox WHERE state = 'pending' AND next_attempt_at > now()
