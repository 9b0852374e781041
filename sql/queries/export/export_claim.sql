-- Begins to make an export: nothing is kept of an attempt before. No row where it was deleted or is done.
-- :opt (export uuid) -> export_claim (
--     account_id uuid,
--     attempt int4,
--     kind text,
--     format text,
--     token_id uuid?,
--     filters text)            -- JSON
WITH former AS (DELETE FROM export_chunk WHERE export_id = $1::uuid)
UPDATE export e SET state = 'running', attempt = e.attempt + 1, rows = 0, bytes = 0
WHERE e.id = $1::uuid AND e.state IN ('pending', 'running') AND e.expires_at > now()
RETURNING e.account_id, e.attempt, e.kind, e.format, e.token_id, e.filters::text AS filters
