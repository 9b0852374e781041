-- The roles of the staff, the oldest first.
-- :one (products text[]?,      -- those that the actor sees; NULL: all
--       product text?, role text?, limit int4, after_us int8?, after_id uuid?) -> document text
WITH page AS (
    SELECT s.*, row_number() OVER (ORDER BY s.granted_at, s.id) AS place,
           (extract(epoch FROM s.granted_at) * 1000000)::bigint || '_' || s.id AS cursor
    FROM staff_role s
    WHERE ($1::text[] IS NULL OR s.product = ANY ($1::text[]))
      AND ($2::text IS NULL OR s.product = $2::text)
      AND ($3::text IS NULL OR s.role = $3::text)
      AND ($5::bigint IS NULL
           OR (s.granted_at, s.id) > (timestamptz 'epoch' + $5::bigint * interval '1 microsecond', $6::uuid))
    ORDER BY s.granted_at, s.id
    LIMIT $4::int + 1)
SELECT json_build_object(
    'items', coalesce(json_agg(json_build_object('account', person_json(p.account_id), 'role', p.role,
                 'product', p.product, 'granted_by', person_json(p.granted_by),
                 'granted_at', api_time(p.granted_at)) ORDER BY p.place) FILTER (WHERE p.place <= $4::int), '[]'),
    'next_cursor', CASE WHEN count(*) > $4::int THEN max(p.cursor) FILTER (WHERE p.place = $4::int) END)::text AS document
FROM page p
