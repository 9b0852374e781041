-- A page of the staff's notes on a request, the latest first.
-- :one (request uuid, limit int8, after_us int8?, after_id uuid?) -> document text
WITH page AS (
    SELECT n.* FROM note n
    WHERE n.request_id = $1::uuid
      AND ($3::bigint IS NULL
           OR (n.at, n.id) < (timestamptz 'epoch' + $3::bigint * interval '1 microsecond', $4::uuid))
    ORDER BY n.at DESC, n.id DESC LIMIT $2::bigint + 1
),
shown AS (SELECT * FROM page ORDER BY at DESC, id DESC LIMIT $2::bigint)
SELECT json_build_object(
    'items', coalesce((SELECT json_agg(json_build_object('id', s.id, 'body', s.body,
        'author', person_json(s.author_id), 'created_at', api_time(s.at)) ORDER BY s.at DESC, s.id DESC)
        FROM shown s), '[]'),
    'next_cursor', CASE WHEN (SELECT count(*) FROM page) > $2::bigint
                        THEN (SELECT epoch_us(s.at) || '_' || s.id FROM shown s
                              ORDER BY s.at, s.id LIMIT 1) END)::text AS document
