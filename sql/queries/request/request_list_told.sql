-- Who gets a mail about a request, but for those who opted out; with `contacts` who of these is written to, as well.
-- :many (request uuid,
--        audience text,         -- see request_told
--        notification text?,    -- member of account.notifications that switches the mail off; NULL: nothing does
--        except uuid?,          -- an account that is told nothing: who acts
--        contacts jsonb?)       -- of the form; see contacts_told
-- -> request_recipient (
--     account_id uuid?,
--     email text,
--     is_applicant bool,         -- false in the audience "applicant": in their place
--     contact text?)             -- which one; NULL: one of the audience
SELECT a.id AS account_id, a.email, t.is_applicant, NULL AS contact
FROM request r
CROSS JOIN LATERAL request_told(r, $2) t
JOIN account a ON a.id = t.account_id
WHERE r.id = $1::uuid AND a.id IS DISTINCT FROM $4::uuid
  AND ($3::text IS NULL OR coalesce((a.notifications ->> $3::text)::boolean, true))
UNION ALL
SELECT t.account_id, t.email, false, t.contact
FROM request r
CROSS JOIN LATERAL contacts_told(r.siret, $5::jsonb) t
WHERE r.id = $1::uuid
ORDER BY contact NULLS FIRST, email
