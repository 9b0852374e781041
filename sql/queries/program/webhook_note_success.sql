-- Notes a delivery, and that the secrets that signed it were used.
-- :exec (webhook uuid)
WITH used AS (UPDATE webhook_secret SET last_used_at = now() WHERE webhook_id = $1::uuid)
UPDATE webhook SET failing_since = NULL, last_success_at = now() WHERE id = $1::uuid
