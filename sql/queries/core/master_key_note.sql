-- Notes that a program seals with this key. The keys that sealed what is here, as master_key_list.
-- :many (id text) -> master_key_row
WITH noted AS (UPDATE master_key SET seen_at = now() WHERE id = $1 AND seen_at < now() - interval '25 seconds')
SELECT id, canary FROM master_key ORDER BY seen_at DESC, id
