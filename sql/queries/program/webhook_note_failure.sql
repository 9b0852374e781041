-- Notes a failed delivery, and since when deliveries fail.
-- :exec (webhook uuid)
UPDATE webhook SET failing_since = coalesce(failing_since, now()), last_failure_at = now() WHERE id = $1::uuid
