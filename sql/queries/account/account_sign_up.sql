-- Creates a pending account, or takes the newest data of one that was never activated. Without a row: the address
-- belongs to an active account.
-- :opt (email text, email_key text, given_name text, family_name text, job_title text?, phone text?,
--       password_hash text, siret text) -> account_row
INSERT INTO account (email, email_key, given_name, family_name, job_title, phone, password_hash, current_siret)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (email_key) DO UPDATE
SET email = excluded.email, given_name = excluded.given_name, family_name = excluded.family_name,
    job_title = excluded.job_title, phone = excluded.phone, password_hash = excluded.password_hash,
    current_siret = excluded.current_siret, version = account.version + 1, updated_at = now()
WHERE account.state = 'pending'
RETURNING id, email, email_key, given_name, family_name, job_title, phone, password_hash,
          state = 'active' AS is_active, current_siret, locale, notifications::text AS notifications, version
