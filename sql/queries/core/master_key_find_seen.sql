-- A key other than this one that a program sealed with lately.
-- :opt (id text, seen_s int8) -> seen_id text
SELECT id AS seen_id FROM master_key
WHERE id <> $1 AND seen_at >= now() - make_interval(secs => $2::bigint)
ORDER BY seen_at DESC LIMIT 1
