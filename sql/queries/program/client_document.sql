-- A client that this account sees, as the API shows it.
-- :one (client uuid, account uuid) -> credential_document (
--     document text,           -- JSON
--     version int4)
SELECT client_json(c)::text AS document, c.version
FROM client c
WHERE c.id = $1::uuid AND client_relation(c.id, c.siret, c.product, $2::uuid) IS NOT NULL
