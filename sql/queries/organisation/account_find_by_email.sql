-- The account of an address, unless it was deleted.
-- :opt (email_key text) -> account_row
SELECT id, email, email_key, given_name, family_name, job_title, phone, password_hash,
       state = 'active' AS is_active, current_siret, locale, notifications::text AS notifications, version
FROM account WHERE email_key = $1 AND state <> 'deleted'
