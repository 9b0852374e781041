-- A planned revocation that has not happened is none any more. $1 token. No row: none is planned.
UPDATE token
SET revoked_at = NULL, revoked_by = NULL, revocation_reason = NULL, revocation_told = false, version = version + 1
WHERE id = $1::uuid AND revoked_at > now()
RETURNING id
