-- A page of the clients of an account, the last one first.
-- :one (
--     account uuid,
--     limit int4,
--     after_us int8?,          -- NULL: the first page
--     after_id uuid?)
-- -> document text
WITH page AS (
    SELECT c AS client, row_number() OVER (ORDER BY c.created_at DESC, c.id DESC) AS place,
           (extract(epoch FROM c.created_at) * 1000000)::bigint || '_' || c.id AS cursor
    FROM client c
    WHERE c.account_id = $1::uuid
      AND ($3::bigint IS NULL
           OR (c.created_at, c.id) < (timestamptz 'epoch' + $3::bigint * interval '1 microsecond', $4::uuid))
    ORDER BY c.created_at DESC, c.id DESC
    LIMIT $2::int + 1)
SELECT json_build_object(
    'items', coalesce(json_agg(client_json(p.client) ORDER BY p.place) FILTER (WHERE p.place <= $2::int), '[]'),
    'next_cursor', CASE WHEN count(*) > $2::int THEN max(p.cursor) FILTER (WHERE p.place = $2::int) END)::text AS document
FROM page p
