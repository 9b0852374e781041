-- Claims the file that has waited longest for the virus scanner. Its next turn comes after the
-- others, and in twenty seconds at the earliest; a time in the future was left by a clock that was set back.
-- :opt () -> attachment_unscanned (id uuid, size_bytes int8)
WITH turn AS (
    SELECT id FROM attachment
    WHERE scan = 'pending' AND NOT scan_given_up
      AND (scan_tried_at IS NULL OR scan_tried_at NOT BETWEEN now() - interval '20 seconds' AND now() + interval '1 minute')
    ORDER BY scan_tried_at NULLS FIRST, created_at
    LIMIT 1 FOR UPDATE SKIP LOCKED
)
UPDATE attachment a SET scan_tried_at = now()
FROM turn t
WHERE a.id = t.id
RETURNING a.id, a.size_bytes::bigint AS size_bytes
