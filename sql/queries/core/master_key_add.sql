-- From now on something may be sealed by this key.
-- :exec (id text, canary text)
INSERT INTO master_key (id, canary) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET seen_at = now()
