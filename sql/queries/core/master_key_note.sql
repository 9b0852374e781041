-- Notes that a program seals with this key.
-- :exec (id text)
UPDATE master_key SET seen_at = now() WHERE id = $1 AND seen_at < now() - interval '25 seconds'
