-- $1 client, $2 account
SELECT c.id, c.siret, c.product
FROM client c WHERE c.id = $1::uuid AND c.account_id = $2::uuid
FOR UPDATE
