-- How many webhooks an account has.
-- :one (account uuid) -> held int8
SELECT count(*) AS held FROM webhook WHERE account_id = $1::uuid
