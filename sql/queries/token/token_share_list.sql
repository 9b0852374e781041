-- The links of a token, the last first.
-- :one (token uuid, limit int4, after_us int8?, after_id uuid?) -> document text
WITH page AS (
    SELECT s AS share, row_number() OVER (ORDER BY s.created_at DESC, s.id DESC) AS place,
           (extract(epoch FROM s.created_at) * 1000000)::bigint || '_' || s.id AS cursor
    FROM token_share s
    WHERE s.token_id = $1::uuid
      AND ($3::bigint IS NULL
           OR (s.created_at, s.id) < (timestamptz 'epoch' + $3::bigint * interval '1 microsecond', $4::uuid))
    ORDER BY s.created_at DESC, s.id DESC
    LIMIT $2::int + 1)
SELECT json_build_object(
    'items', coalesce(json_agg(token_share_json(p.share) ORDER BY p.place) FILTER (WHERE p.place <= $2::int), '[]'),
    'next_cursor', CASE WHEN count(*) > $2::int THEN max(p.cursor) FILTER (WHERE p.place = $2::int) END)::text AS document
FROM page p
