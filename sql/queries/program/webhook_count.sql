-- How many webhooks an owner has made: a program, or an account by itself.
-- :one (owner uuid) -> held int8
SELECT count(*) AS held FROM webhook WHERE client_id = $1::uuid OR (account_id = $1::uuid AND client_id IS NULL)
