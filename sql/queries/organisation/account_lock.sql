-- Locks an account that was not deleted, until the transaction ends.
-- :one (account uuid) -> account_row
SELECT id, email, email_key, given_name, family_name, job_title, phone, password_hash,
       state = 'active' AS is_active, current_siret, locale, notifications::text AS notifications, version
FROM account WHERE id = $1::uuid AND state <> 'deleted' FOR UPDATE
