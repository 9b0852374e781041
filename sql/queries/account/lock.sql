-- $1 id
SELECT id, email, email_key, given_name, family_name, password_hash, state, current_siret, version
FROM account WHERE id = $1::uuid AND state <> 'deleted' FOR UPDATE
