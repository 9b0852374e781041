-- A page of the decisions on a request, the latest first.
-- :one (request uuid,
--       is_staff bool,  -- the reader is told who decided
--       limit int8, after_us int8?, after_id uuid?)
--     -> document text
WITH page AS (
    SELECT d, d.at, d.id FROM decision d
    WHERE d.request_id = $1::uuid
      AND ($4::bigint IS NULL
           OR (d.at, d.id) < (timestamptz 'epoch' + $4::bigint * interval '1 microsecond', $5::uuid))
    ORDER BY d.at DESC, d.id DESC LIMIT $3::bigint + 1
),
shown AS (SELECT * FROM page ORDER BY at DESC, id DESC LIMIT $3::bigint)
SELECT json_build_object(
    'items', coalesce((SELECT json_agg(decision_json(s.d, $2::boolean) ORDER BY s.at DESC, s.id DESC)
                       FROM shown s), '[]'),
    'next_cursor', CASE WHEN (SELECT count(*) FROM page) > $3::bigint
                        THEN (SELECT epoch_us(s.at) || '_' || s.id FROM shown s
                              ORDER BY s.at, s.id LIMIT 1) END)::text AS document
