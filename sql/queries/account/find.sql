-- $1 id
SELECT id, email, email_key, given_name, family_name, password_hash, state, current_siret, version,
       notifications::text AS notifications
FROM account WHERE id = $1::uuid AND state <> 'deleted'
