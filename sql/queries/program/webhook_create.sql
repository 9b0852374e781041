-- Creates a webhook of an account.
-- :one (
--     account uuid,
--     product text,
--     siret text?,             -- NULL: all requests of the product
--     url text,
--     events jsonb)            -- array of names
-- -> credential_row
INSERT INTO webhook (account_id, product, siret, url, events)
VALUES ($1::uuid, $2, $3, $4, ARRAY(SELECT jsonb_array_elements_text($5::jsonb)))
RETURNING id, product, siret, version
