-- Who is mailed about a client: its responsible persons, and where asked for everybody who could answer for it.
-- :many (
--     client uuid,
--     with_colleagues bool,
--     except uuid?)            -- but for this account
-- -> client_recipient (
--     account_id uuid,
--     email text,
--     given_name text)
SELECT a.id AS account_id, a.email, a.given_name
FROM client c
JOIN account a ON account_is_active(a) AND a.id IS DISTINCT FROM $3::uuid
WHERE c.id = $1::uuid
  AND (a.id IN (SELECT p.account_id FROM client_person p WHERE p.client_id = $1::uuid AND p.accepted_at IS NOT NULL)
       OR ($2::bool AND a.id IN (SELECT client_colleagues(c))))
ORDER BY a.id
