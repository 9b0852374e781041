-- $1 account, $2 product, $3 siret or NULL, $4 url, $5 events (JSON)
INSERT INTO webhook (account_id, product, siret, url, events)
VALUES ($1::uuid, $2, $3, $4, ARRAY(SELECT jsonb_array_elements_text($5::jsonb)))
RETURNING id, product, siret
