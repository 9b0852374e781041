-- Notes the organisation that a person chose before their account is active; a former choice is dropped.
-- :exec (account uuid, siret text)
WITH former AS (DELETE FROM membership WHERE account_id = $1::uuid AND siret <> $2 AND state = 'pending')
INSERT INTO membership (account_id, siret, state) VALUES ($1::uuid, $2, 'pending')
ON CONFLICT (account_id, siret) DO NOTHING
