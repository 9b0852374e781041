-- A page of the files attached to a request, the oldest first.
-- :one (request uuid, limit int8, after_us int8?, after_id uuid?) -> document text
WITH page AS (
    SELECT a, a.created_at AS at, a.id FROM attachment a
    WHERE a.request_id = $1::uuid AND a.deleted_at IS NULL
      AND ($3::bigint IS NULL
           OR (a.created_at, a.id) > (timestamptz 'epoch' + $3::bigint * interval '1 microsecond', $4::uuid))
    ORDER BY a.created_at, a.id LIMIT $2::bigint + 1
),
shown AS (SELECT * FROM page ORDER BY at, id LIMIT $2::bigint)
SELECT json_build_object(
    'items', coalesce((SELECT json_agg(attachment_json(s.a) ORDER BY s.at, s.id) FROM shown s), '[]'),
    'next_cursor', CASE WHEN (SELECT count(*) FROM page) > $2::bigint
                        THEN (SELECT epoch_us(s.at) || '_' || s.id FROM shown s
                              ORDER BY s.at DESC, s.id DESC LIMIT 1) END)::text AS document
