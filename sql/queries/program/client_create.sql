-- $1 account, $2 name, $3 siret or NULL, $4 product or NULL, $5 scopes (JSON)
INSERT INTO client (account_id, name, siret, product, scopes)
VALUES ($1::uuid, $2, $3, $4, ARRAY(SELECT jsonb_array_elements_text($5::jsonb)))
RETURNING id, product, siret
