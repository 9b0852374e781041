-- Writes support's verdict. A member who is confirmed keeps the former ground.
-- :exec (membership uuid, state text,
--        ground text?,  -- NULL: refused
--        reason text?, account uuid)
WITH reports AS (DELETE FROM membership_report WHERE membership_id = $1::uuid)
UPDATE membership
SET state = $2, ground = CASE WHEN state = 'active' AND $2 = 'active' THEN ground ELSE $3 END, reason = $4, resolved_by = $5::uuid, resolved_at = now(), reported_at = NULL,
    version = version + 1, updated_at = now()
WHERE id = $1::uuid
