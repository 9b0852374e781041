-- A page of the attempts of a webhook, the last one first.
-- :one (
--     webhook uuid,
--     event uuid?,             -- of this event alone
--     limit int4,
--     after_us int8?,          -- NULL: the first page
--     after_id uuid?)
-- -> document text
WITH page AS (
    SELECT a AS attempt, row_number() OVER (ORDER BY a.at DESC, a.id DESC) AS place,
           (extract(epoch FROM a.at) * 1000000)::bigint || '_' || a.id AS cursor
    FROM webhook_attempt a
    WHERE a.webhook_id = $1::uuid AND ($2::uuid IS NULL OR a.event_id = $2::uuid)
      AND ($4::bigint IS NULL
           OR (a.at, a.id) < (timestamptz 'epoch' + $4::bigint * interval '1 microsecond', $5::uuid))
    ORDER BY a.at DESC, a.id DESC
    LIMIT $3::int + 1)
SELECT json_build_object(
    'items', coalesce(json_agg(webhook_attempt_json(p.attempt) ORDER BY p.place) FILTER (WHERE p.place <= $3::int), '[]'),
    'next_cursor', CASE WHEN count(*) > $3::int THEN max(p.cursor) FILTER (WHERE p.place = $3::int) END)::text AS document
FROM page p
