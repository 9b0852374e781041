-- The state of an account's membership of an organisation.
-- :opt (account uuid?, siret text) -> state text
SELECT state FROM membership WHERE account_id = $1::uuid AND siret = $2
