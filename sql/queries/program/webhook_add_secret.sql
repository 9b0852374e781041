-- Adds a secret to a webhook that is locked.
-- :one (
--     secret uuid,
--     webhook uuid,
--     sealed_secret text)
-- -> created_at text
INSERT INTO webhook_secret (id, webhook_id, sealed_secret) VALUES ($1::uuid, $2::uuid, $3)
RETURNING api_time(created_at) AS created_at
