-- A pending account, or the newest data of one that was never activated. No row: the address belongs
-- to an active account. $1 email, $2 key, $3 given name, $4 family name, $5 job title, $6 phone,
-- $7 password hash, $8 siret
INSERT INTO account (email, email_key, given_name, family_name, job_title, phone, password_hash, current_siret)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (email_key) DO UPDATE
SET email = excluded.email, given_name = excluded.given_name, family_name = excluded.family_name,
    job_title = excluded.job_title, phone = excluded.phone, password_hash = excluded.password_hash,
    current_siret = excluded.current_siret, version = account.version + 1, updated_at = now()
WHERE account.state = 'pending'
RETURNING id
