-- Who is told of a newcomer. $1 siret, $2 newcomer
SELECT a.id, a.email, a.given_name
FROM membership m JOIN account a ON a.id = m.account_id
WHERE m.siret = $1 AND m.state = 'active' AND a.state = 'active' AND a.id <> $2::uuid
  AND coalesce((a.notifications ->> 'new_member')::boolean, true)
