-- Creates a client of an account, bound to an organisation or to a product.
-- :one (
--     account uuid,
--     name text,
--     siret text?,
--     product text?,
--     scopes jsonb)            -- array of names
-- -> credential_row (
--     id uuid,
--     product text?,
--     siret text?,
--     version int4)
INSERT INTO client (account_id, name, siret, product, scopes)
VALUES ($1::uuid, $2, $3, $4, ARRAY(SELECT jsonb_array_elements_text($5::jsonb)))
RETURNING id, product, siret, version
