-- How many clients an account has.
-- :one (account uuid) -> held int8
SELECT count(*) AS held FROM client WHERE account_id = $1::uuid
