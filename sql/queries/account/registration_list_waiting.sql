-- The registrations of an address that wait, the oldest first; where all have expired, the newest of them.
-- :many (email_key text,
--        registration uuid?)   -- this one alone
-- -> registration_row
SELECT r.id, r.email, r.email_key, r.given_name, r.family_name, r.job_title, r.phone, r.siret, o.name AS organisation
FROM registration r JOIN organisation o ON o.siret = r.siret
WHERE r.email_key = $1 AND ($2::uuid IS NULL OR r.id = $2::uuid)
  AND (r.expires_at > now()
       OR r.id = (SELECT n.id FROM registration n WHERE n.email_key = $1 ORDER BY n.expires_at DESC, n.id LIMIT 1))
ORDER BY r.created_at, r.id
