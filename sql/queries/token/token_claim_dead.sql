-- One revocation whose date has come and that nobody was told of.
-- :opt () -> token_dead (id uuid, request_id uuid)
UPDATE token
SET revocation_told = true
WHERE id = (SELECT id FROM token WHERE revoked_at <= now() AND NOT revocation_told
            ORDER BY revoked_at FOR UPDATE SKIP LOCKED LIMIT 1)
RETURNING id, request_id
