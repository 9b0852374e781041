-- An account that was not deleted.
-- :one (account uuid) -> account_row (
--     id uuid,
--     email text,
--     email_key text,          -- see core/email.h
--     given_name text,
--     family_name text,
--     job_title text?,
--     phone text?,
--     password_hash text?,     -- NULL: the identity provider is the only way in
--     is_active bool,          -- false: waits for its activation
--     current_siret text?,
--     locale text,
--     notifications text,      -- JSON object: what differs from the defaults
--     version int4)
SELECT id, email, email_key, given_name, family_name, job_title, phone, password_hash,
       state = 'active' AS is_active, current_siret, locale, notifications::text AS notifications, version
FROM account WHERE id = $1::uuid AND state <> 'deleted'
