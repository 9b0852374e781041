-- Creates a webhook of an account, or of the program that acts with its rights.
-- :one (
--     account uuid,
--     client uuid?,
--     product text,
--     siret text?,             -- NULL: all requests of the product
--     url text,
--     events jsonb)            -- array of names
-- -> credential_row
INSERT INTO webhook (account_id, client_id, product, siret, url, events)
VALUES ($1::uuid, $2::uuid, $3, $4, $5, ARRAY(SELECT jsonb_array_elements_text($6::jsonb)))
RETURNING id, url AS name, product, siret, version, true AS may_manage
