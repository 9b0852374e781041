-- True where an account is an active member of an organisation.
-- :one (account uuid, siret text) -> is_member bool
SELECT EXISTS (SELECT FROM membership m WHERE m.account_id = $1::uuid AND m.siret = $2 AND m.state = 'active') AS is_member
