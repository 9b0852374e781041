-- Suspends an account, or changes why and until when; its sessions end.
-- :exec (account uuid, reason text,
--        until timestamptz?,     -- NULL: until it is lifted
--        by uuid?)               -- NULL: by a command
WITH sessions AS (DELETE FROM session WHERE account_id = $1::uuid)
UPDATE account a
SET suspended_at = CASE WHEN account_is_active(a) THEN now() ELSE suspended_at END,
    suspended_until = $3::timestamptz, suspension_reason = $2, suspended_by = $4::uuid,
    version = version + 1, updated_at = now()
WHERE id = $1::uuid
