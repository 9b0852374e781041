-- Who is mailed about a newcomer.
-- :many (siret text, newcomer uuid) -> membership_recipient (
--     account_id uuid,
--     email text,
--     given_name text)
SELECT a.id AS account_id, a.email, a.given_name
FROM membership m JOIN account a ON a.id = m.account_id
WHERE m.siret = $1 AND m.state = 'active' AND account_is_active(a) AND a.id <> $2::uuid
  AND coalesce((a.notifications ->> 'new_member')::boolean, true)
