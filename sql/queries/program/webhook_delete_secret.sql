-- Deletes a secret of a webhook.
-- :affected (secret uuid, webhook uuid)
DELETE FROM webhook_secret WHERE id = $1::uuid AND webhook_id = $2::uuid
