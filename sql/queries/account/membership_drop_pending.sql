-- Drops what a stranger chose before the person proved who they are.
-- :exec (account uuid)
DELETE FROM membership WHERE account_id = $1::uuid AND state = 'pending'
