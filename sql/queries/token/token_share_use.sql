-- Uses a link up, once. The token must be good, and who made the link must have the right to: else the link stays.
-- :opt (secret_hash text) -> token_share_used (
--     id uuid, token_id uuid, request_id uuid, sealed_jwt text, product text, siret text)
UPDATE token_share s
SET used_at = now()
FROM token t
WHERE s.secret_hash = $1 AND s.used_at IS NULL AND s.cancelled_at IS NULL AND s.expires_at > now()
  AND t.id = s.token_id AND token_state(t.revoked_at, t.expires_at) = 'active'
  AND token_share_is_backed(s)
RETURNING s.id, t.id AS token_id, t.request_id, t.sealed_jwt, t.product, t.siret
