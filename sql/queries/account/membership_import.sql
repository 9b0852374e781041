-- An attachment that comes along; one that is there stays as it is. $1 account, $2 siret
INSERT INTO membership (account_id, siret, state, ground) VALUES ($1::uuid, $2, 'active', 'import')
ON CONFLICT ON CONSTRAINT membership_account_siret_uq DO NOTHING
