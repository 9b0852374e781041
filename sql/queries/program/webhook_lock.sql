-- Locks a webhook of this account for a change.
-- :one (webhook uuid, account uuid) -> credential_row
SELECT w.id, w.product, w.siret, w.version
FROM webhook w WHERE w.id = $1::uuid AND w.account_id = $2::uuid
FOR UPDATE
