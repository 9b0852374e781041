-- A planned revocation that has not happened is none any more. No row is affected where none is planned.
-- :affected (token uuid)
UPDATE token
SET revoked_at = NULL, revoked_by = NULL, revocation_reason = NULL, revocation_told = false, version = version + 1
WHERE id = $1::uuid AND revoked_at > now()
