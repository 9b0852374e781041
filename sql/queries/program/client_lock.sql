-- Locks a client that this account sees for a change.
-- :one (client uuid, account uuid) -> credential_row
SELECT c.id, c.name, c.product, c.siret, c.version,
       client_relation(c.id, c.siret, c.product, $2::uuid) = 'responsible' AS may_manage
FROM client c
WHERE c.id = $1::uuid AND client_relation(c.id, c.siret, c.product, $2::uuid) IS NOT NULL
FOR UPDATE
