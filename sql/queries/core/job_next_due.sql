-- Milliseconds until the next job is due, where nothing is due now; NULL without any.
SELECT ceil(extract(epoch FROM min(run_at) - now()) * 1000)::bigint AS wait_ms FROM job WHERE run_at > now()
