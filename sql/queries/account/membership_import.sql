-- Adds an attachment that comes with an imported account; one that exists stays as it is.
-- :exec (account uuid, siret text)
INSERT INTO membership (account_id, siret, state, ground) VALUES ($1::uuid, $2, 'active', 'import')
ON CONFLICT ON CONSTRAINT membership_account_siret_uq DO NOTHING
