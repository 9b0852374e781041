-- A copy was written now.
-- :exec ()
INSERT INTO backup_mark DEFAULT VALUES
ON CONFLICT (is_only) DO UPDATE SET written_at = now()
