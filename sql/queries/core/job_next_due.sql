-- How long until the next job of the slow kinds, or of the others, is due, where none is due now; NULL without any.
-- :one (slow_kinds text[], is_slow bool) -> wait_ms int8?
SELECT ceil(extract(epoch FROM min(run_at) - now()) * 1000)::bigint AS wait_ms FROM job WHERE (kind = ANY ($1::text[])) = $2::boolean AND run_at > now()
