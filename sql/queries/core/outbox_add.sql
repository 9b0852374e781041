-- Adds one mail.
-- :exec (
--     template text,
--     recipient text,
--     account uuid?,
--     data jsonb)
INSERT INTO outbox (template, recipient, account_id, data) VALUES ($1, $2, $3::uuid, $4::jsonb)
