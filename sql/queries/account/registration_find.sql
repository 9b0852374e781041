-- The registration behind a link that can be used. None is left where the address has an account by now.
-- :opt (secret_hash bytea) -> registration_row (
--     id uuid,
--     email text,
--     email_key text,          -- see core/email.h
--     given_name text,
--     family_name text,
--     job_title text?,
--     phone text?,
--     siret text,
--     organisation text?)      -- NULL: the directory has not answered yet
SELECT r.id, r.email, r.email_key, r.given_name, r.family_name, r.job_title, r.phone, r.siret, o.name AS organisation
FROM registration r JOIN organisation o ON o.siret = r.siret
WHERE r.secret_hash = $1 AND r.expires_at > now()
  AND NOT EXISTS (SELECT FROM account a WHERE a.email_key = r.email_key AND a.state <> 'pending')
