-- Keeps a sign-up that waits for its activation. Without a row: as many wait for the address as may. Requires:
-- the address is locked.
-- :opt (email text, email_key text, given_name text, family_name text, job_title text?, phone text?, siret text,
--       max int4) -> id uuid
INSERT INTO registration (email, email_key, given_name, family_name, job_title, phone, siret)
SELECT $1, $2, $3, $4, $5, $6, $7
WHERE (SELECT count(*) FROM registration WHERE email_key = $2 AND expires_at > now()) < $8::int
RETURNING id
