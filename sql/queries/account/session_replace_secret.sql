-- Goes on with a session under another secret, because a second factor was shown.
-- :exec (session uuid, secret_hash bytea)
UPDATE session SET secret_hash = $2, second_factor = true, logged_in_at = now(), last_seen_at = now()
WHERE id = $1::uuid
