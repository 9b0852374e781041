-- $1 webhook
UPDATE webhook SET failing_since = coalesce(failing_since, now()), last_failure_at = now() WHERE id = $1::uuid
