-- Saves the data that a person may change. No row is affected where the version is no longer the one that was read.
-- Under another name, memberships that wait for support's verdict are no longer what was read.
-- :affected (account uuid,
--            version int4,  -- as it was read; -1: any
--            given_name text, family_name text, job_title text?, phone text?, current_siret text?,
--            notifications jsonb, locale text)
WITH judged AS (
    UPDATE membership m SET version = m.version + 1, updated_at = now()
    FROM account a
    WHERE a.id = $1::uuid AND m.account_id = a.id AND m.state = 'suspended' AND (a.given_name, a.family_name) <> ($3, $4)
      AND a.state = 'active' AND (a.version = $2::int OR $2::int = -1)
)
UPDATE account
SET given_name = $3, family_name = $4, job_title = $5, phone = $6, current_siret = $7,
    notifications = $8::jsonb, locale = $9, version = version + 1, updated_at = now()
WHERE id = $1::uuid AND state = 'active' AND (version = $2::int OR $2::int = -1)
