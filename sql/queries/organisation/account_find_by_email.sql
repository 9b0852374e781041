-- $1 email key
SELECT id, email, email_key, given_name, family_name, job_title, phone, password_hash, state,
       current_siret, locale, notifications::text AS notifications, version
FROM account WHERE email_key = $1 AND state <> 'deleted'
