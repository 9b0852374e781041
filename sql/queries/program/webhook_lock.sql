-- Locks a webhook of this owner (see webhook_is_of) for a change.
-- :one (webhook uuid, owner uuid) -> credential_row
SELECT w.id, w.url AS name, w.product, w.siret, w.version, true AS may_manage
FROM webhook w WHERE w.id = $1::uuid AND webhook_is_of(w, $2::uuid)
FOR UPDATE
