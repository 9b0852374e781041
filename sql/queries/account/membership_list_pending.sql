-- The organisations that a person chose when they signed up.
-- :many (account uuid) -> membership_pending (siret text)
SELECT siret FROM membership WHERE account_id = $1::uuid AND state = 'pending' ORDER BY created_at
