-- Ends the making of an export: ready, or failed with a problem (a code) and without its pieces.
-- :opt (export uuid, attempt int4, problem text?, rights text?, rows int8, bytes int8, hours int4) -> export_end (
--     email text,
--     expires_at text)         -- RFC 3339
WITH gone AS (DELETE FROM export_chunk WHERE export_id = $1::uuid AND $3::text IS NOT NULL)
UPDATE export e
SET state = CASE WHEN $3::text IS NULL THEN 'ready' ELSE 'failed' END, problem = $3, rights = $4,
    rows = $5::bigint, bytes = $6::bigint, ready_at = CASE WHEN $3::text IS NULL THEN now() END,
    expires_at = now() + make_interval(hours => $7::int)
FROM account a
WHERE e.id = $1::uuid AND e.attempt = $2::int AND e.state = 'running' AND a.id = e.account_id
RETURNING a.email, api_time(e.expires_at) AS expires_at
