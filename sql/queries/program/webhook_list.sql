-- A page of the webhooks of an owner, the last one first.
-- :one (
--     owner uuid,              -- see webhook_is_of
--     limit int4,
--     after_us int8?,          -- NULL: the first page
--     after_id uuid?)
-- -> document text
WITH page AS (
    SELECT w AS webhook, row_number() OVER (ORDER BY w.created_at DESC, w.id DESC) AS place,
           (extract(epoch FROM w.created_at) * 1000000)::bigint || '_' || w.id AS cursor
    FROM webhook w
    WHERE (w.account_id = $1::uuid OR w.client_id = $1::uuid
           OR w.client_id IN (SELECT p.client_id FROM client_person p WHERE p.account_id = $1::uuid))
      AND webhook_is_of(w, $1::uuid)
      AND ($3::bigint IS NULL
           OR (w.created_at, w.id) < (timestamptz 'epoch' + $3::bigint * interval '1 microsecond', $4::uuid))
    ORDER BY w.created_at DESC, w.id DESC
    LIMIT $2::int + 1)
SELECT json_build_object(
    'items', coalesce(json_agg(webhook_json(p.webhook) ORDER BY p.place) FILTER (WHERE p.place <= $2::int), '[]'),
    'next_cursor', CASE WHEN count(*) > $2::int THEN max(p.cursor) FILTER (WHERE p.place = $2::int) END)::text AS document
FROM page p
