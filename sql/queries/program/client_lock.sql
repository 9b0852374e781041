-- Locks a client of this account for a change.
-- :one (client uuid, account uuid) -> credential_row
SELECT c.id, c.product, c.siret, c.version
FROM client c WHERE c.id = $1::uuid AND c.account_id = $2::uuid
FOR UPDATE
