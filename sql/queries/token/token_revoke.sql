-- Revokes a token, now or at a date. A date to come is told by the job of that date.
-- :one (token uuid, account uuid, reason text,
--       at timestamptz?)  -- NULL for now
--     -> dead bool
UPDATE token
SET revoked_at = greatest(coalesce($4::timestamptz, now()), now()), revoked_by = $2::uuid,
    revocation_reason = $3, revocation_told = coalesce($4::timestamptz, now()) <= now(), version = version + 1
WHERE id = $1::uuid
RETURNING revoked_at <= now() AS dead
