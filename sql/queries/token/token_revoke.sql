-- $1 token, $2 by whom, $3 reason, $4 when (RFC 3339) or NULL for now. A date to come is told by the
-- job of that date.
UPDATE token
SET revoked_at = greatest(coalesce($4::timestamptz, now()), now()), revoked_by = $2::uuid,
    revocation_reason = $3, revocation_told = coalesce($4::timestamptz, now()) <= now(), version = version + 1
WHERE id = $1::uuid
RETURNING revoked_at <= now() AS dead
