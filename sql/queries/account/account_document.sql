-- The account of the contract.
-- :one (account uuid,
--       requires_factor bool)  -- the setting staff_second_factor
--     -> account_document (document text, version int4)
SELECT account_json(a, $2::boolean)::text AS document, a.version
FROM account a WHERE a.id = $1::uuid AND a.state = 'active'
