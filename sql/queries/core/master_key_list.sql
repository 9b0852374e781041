-- The keys that sealed what is here, the one seen last first.
-- :many () -> master_key_row (id text, canary text)
SELECT id, canary FROM master_key ORDER BY seen_at DESC, id
