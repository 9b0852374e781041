-- A copy failed now.
-- :exec (reason text)
INSERT INTO backup_failure (reason) VALUES ($1)
ON CONFLICT (is_only) DO UPDATE SET failed_at = now(), reason = excluded.reason
