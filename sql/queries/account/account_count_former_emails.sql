-- How many addresses an account had before.
-- :one (account uuid) -> former_count int8
SELECT count(*) AS former_count FROM account_former_email WHERE account_id = $1::uuid
