-- Notes that a session was used.
-- :exec (session uuid)
UPDATE session SET last_seen_at = now() WHERE id = $1::uuid
