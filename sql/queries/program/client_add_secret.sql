-- $1 client, $2 hash of the secret
INSERT INTO client_secret (client_id, secret_hash) VALUES ($1::uuid, $2)
RETURNING id, api_time(created_at) AS created_at
