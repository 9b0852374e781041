-- $1 secret, $2 webhook, $3 sealed secret
INSERT INTO webhook_secret (id, webhook_id, sealed_secret) VALUES ($1::uuid, $2::uuid, $3)
RETURNING api_time(created_at) AS created_at
