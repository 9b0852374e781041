-- Violates a foreign key.
-- :exec (token uuid)
INSERT INTO token_notice (token_id, expires_at, days, mailed) VALUES ($1, now(), 7, false)
