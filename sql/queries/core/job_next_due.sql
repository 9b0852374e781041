-- How long until the next job is due, where none is due now; NULL without any.
-- :one () -> wait_ms int8?
SELECT ceil(extract(epoch FROM min(run_at) - now()) * 1000)::bigint AS wait_ms FROM job WHERE run_at > now()
