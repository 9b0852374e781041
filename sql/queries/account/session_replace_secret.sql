-- The session goes on under another secret. $1 session, $2 new hash
UPDATE session SET secret_hash = $2, second_factor = true, logged_in_at = now(), last_seen_at = now()
WHERE id = $1::uuid
