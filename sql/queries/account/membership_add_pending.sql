-- Of an account that is not active yet; a former choice of organisation is dropped. $1 account, $2 siret
WITH former AS (DELETE FROM membership WHERE account_id = $1::uuid AND siret <> $2 AND state = 'pending')
INSERT INTO membership (account_id, siret, state) VALUES ($1::uuid, $2, 'pending')
ON CONFLICT (account_id, siret) DO NOTHING
