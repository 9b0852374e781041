-- $1 email key
SELECT id, email, given_name, family_name, password_hash, state, current_siret
FROM account WHERE email_key = $1 AND state <> 'deleted'
