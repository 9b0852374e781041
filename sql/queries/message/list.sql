-- The last first. $1 request, $2 limit, $3 and $4 cursor
WITH page AS (
    SELECT m.* FROM message m
    WHERE m.request_id = $1::uuid
      AND ($3::bigint IS NULL
           OR (m.at, m.id) < (timestamptz 'epoch' + $3::bigint * interval '1 microsecond', $4::uuid))
    ORDER BY m.at DESC, m.id DESC LIMIT $2::bigint + 1
),
shown AS (SELECT * FROM page ORDER BY at DESC, id DESC LIMIT $2::bigint),
readers AS (
    SELECT d.read_until, d.read_at, d.account_id = r.applicant_id AS is_applicant
    FROM message_read d JOIN request r ON r.id = d.request_id WHERE d.request_id = $1::uuid
)
SELECT json_build_object(
    'items', coalesce((SELECT json_agg(json_build_object(
        'id', s.id, 'body', s.body, 'author', person_json(s.author_id),
        'side', CASE WHEN s.as_staff THEN 'staff' ELSE 'applicant' END, 'created_at', api_time(s.at),
        'read_at', (SELECT api_time(min(d.read_at)) FROM readers d
                    WHERE d.is_applicant = s.as_staff AND d.read_until >= s.at))
        ORDER BY s.at DESC, s.id DESC) FROM shown s), '[]'),
    'next_cursor', CASE WHEN (SELECT count(*) FROM page) > $2::bigint
                        THEN (SELECT epoch_us(s.at) || '_' || s.id FROM shown s
                              ORDER BY s.at, s.id LIMIT 1) END)::text AS document
