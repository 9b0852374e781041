-- $1 client, $2 account
SELECT c.id, c.siret, c.product,
       (SELECT count(*) FROM client_secret s WHERE s.client_id = c.id) AS secrets
FROM client c WHERE c.id = $1::uuid AND c.account_id = $2::uuid
FOR UPDATE OF c
