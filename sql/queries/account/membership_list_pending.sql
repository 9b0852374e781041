SELECT id, siret FROM membership WHERE account_id = $1::uuid AND state = 'pending' ORDER BY created_at
