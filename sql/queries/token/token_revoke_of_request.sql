-- Revokes the token of a request, if it has one: dead at once on every instance that listens or polls.
-- :affected (request uuid, account uuid?, reason text?)
UPDATE token
SET revoked_at = now(), revoked_by = $2::uuid, revocation_reason = $3,
    revocation_told = true, version = version + 1
WHERE request_id = $1::uuid AND (revoked_at IS NULL OR revoked_at > now())
