-- A page of the messages about a request, the latest first.
-- :one (request uuid,
--       account uuid,  -- who reads
--       limit int8, after_us int8?, after_id uuid?)
--     -> document text
WITH page AS (
    SELECT m.* FROM message m
    WHERE m.request_id = $1::uuid
      AND ($4::bigint IS NULL
           OR (m.at, m.id) < (timestamptz 'epoch' + $4::bigint * interval '1 microsecond', $5::uuid))
    ORDER BY m.at DESC, m.id DESC LIMIT $3::bigint + 1
),
shown AS (SELECT * FROM page ORDER BY at DESC, id DESC LIMIT $3::bigint),
mark AS (SELECT d.read_until FROM message_read d WHERE d.request_id = $1::uuid AND d.account_id = $2::uuid)
SELECT json_build_object(
    'items', coalesce((SELECT json_agg(json_build_object(
        'id', s.id, 'body', s.body, 'author', person_json(s.author_id), 'as_staff', s.as_staff,
        'created_at', api_time(s.at),
        'read', s.author_id = $2::uuid OR coalesce(s.at <= (SELECT read_until FROM mark), false))
        ORDER BY s.at DESC, s.id DESC) FROM shown s), '[]'),
    'next_cursor', CASE WHEN (SELECT count(*) FROM page) > $3::bigint
                        THEN (SELECT epoch_us(s.at) || '_' || s.id FROM shown s
                              ORDER BY s.at, s.id LIMIT 1) END)::text AS document
