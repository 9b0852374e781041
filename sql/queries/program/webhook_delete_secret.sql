-- $1 secret, $2 webhook
DELETE FROM webhook_secret WHERE id = $1::uuid AND webhook_id = $2::uuid RETURNING id
