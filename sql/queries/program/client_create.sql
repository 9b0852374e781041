-- Creates a client, bound to an organisation or to a product. A trigger makes its maker the first responsible person.
-- :one (
--     account uuid,
--     name text,
--     siret text?,
--     product text?,
--     scopes jsonb)            -- array of names
-- -> credential_row (
--     id uuid,
--     name text,               -- of a webhook its URL
--     product text?,
--     siret text?,
--     version int4,
--     may_manage bool)         -- the account answers for it
INSERT INTO client (account_id, name, siret, product, scopes)
VALUES ($1::uuid, $2, $3, $4, ARRAY(SELECT jsonb_array_elements_text($5::jsonb)))
RETURNING id, name, product, siret, version, true AS may_manage
