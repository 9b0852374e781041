-- The organisations that a person is attached to by the domain of their e-mail.
-- :many (account uuid) -> siret text
SELECT siret FROM membership
WHERE account_id = $1::uuid AND state = 'active' AND ground IN ('first', 'same_domain', 'trusted_domain')
ORDER BY siret
