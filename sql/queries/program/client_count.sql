-- How many clients an account answers for.
-- :one (account uuid) -> held int8
SELECT count(*) AS held FROM client_person p WHERE p.account_id = $1::uuid AND p.accepted_at IS NOT NULL
