-- A page of the exports of an account, the last first.
-- :one (account uuid, limit int4, after_us int8?, after_id uuid?) -> document text
WITH page AS (
    SELECT e AS export, row_number() OVER (ORDER BY e.created_at DESC, e.id DESC) AS place,
           (extract(epoch FROM e.created_at) * 1000000)::bigint || '_' || e.id AS cursor
    FROM export e
    WHERE e.account_id = $1::uuid AND e.expires_at > now()
      AND ($3::bigint IS NULL
           OR (e.created_at, e.id) < (timestamptz 'epoch' + $3::bigint * interval '1 microsecond', $4::uuid))
    ORDER BY e.created_at DESC, e.id DESC
    LIMIT $2::int + 1)
SELECT json_build_object(
    'items', coalesce(json_agg(export_json(p.export) ORDER BY p.place) FILTER (WHERE p.place <= $2::int), '[]'),
    'next_cursor', CASE WHEN count(*) > $2::int THEN max(p.cursor) FILTER (WHERE p.place = $2::int) END)::text AS document
FROM page p
