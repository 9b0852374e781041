-- $1 template, $2 recipient, $3 account or NULL, $4 data
INSERT INTO outbox (template, recipient, account_id, data) VALUES ($1, $2, $3::uuid, $4::jsonb)
