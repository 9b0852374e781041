-- Every member as it shall be. $1 id, $2 version that was read or -1, $3 given name, $4 family name,
-- $5 job title, $6 phone, $7 current siret, $8 notifications, $9 locale
UPDATE account
SET given_name = $3, family_name = $4, job_title = $5, phone = $6, current_siret = $7,
    notifications = $8::jsonb, locale = $9, version = version + 1, updated_at = now()
WHERE id = $1::uuid AND state = 'active' AND (version = $2::int OR $2::int = -1)
RETURNING version
