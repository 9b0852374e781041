-- Cancels a link; false where it was used or is over.
-- :one (share uuid, token uuid) -> cancelled bool
UPDATE token_share s
SET cancelled_at = CASE WHEN s.used_at IS NULL AND s.expires_at > now() THEN coalesce(s.cancelled_at, now()) ELSE s.cancelled_at END
WHERE s.id = $1::uuid AND s.token_id = $2::uuid
RETURNING s.cancelled_at IS NOT NULL AS cancelled
