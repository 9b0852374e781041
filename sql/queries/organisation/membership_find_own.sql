-- $1 account, $2 siret
SELECT id, state, ground FROM membership WHERE account_id = $1::uuid AND siret = $2
