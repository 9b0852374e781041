-- What a stranger chose before the person proved themself. $1 account
DELETE FROM membership WHERE account_id = $1::uuid AND state = 'pending'
