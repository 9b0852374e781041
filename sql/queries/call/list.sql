-- A page of calls of a token, the last first: schema CallPage of openapi.yaml. $1 token, $2 and $3
-- bounds of the status, $4 endpoint, $5 request id, $6 and $7 from and to (milliseconds since 1970; each
-- or NULL), $8 and $9 cursor (microseconds, number) or NULL, $10 limit
WITH found AS (
    SELECT c AS call, row_number() OVER (ORDER BY c.at DESC, c.id DESC) AS place
    FROM call c
    WHERE c.token_id = $1::uuid
      AND ($2::int IS NULL OR c.status BETWEEN $2::int AND $3::int)
      AND ($4::text IS NULL OR c.endpoint = $4)
      AND ($5::text IS NULL OR c.request_id = $5)
      AND c.at >= coalesce(to_timestamp($6::bigint / 1000.0), now() - interval '32 days')
      AND c.at < coalesce(to_timestamp($7::bigint / 1000.0), now() + interval '1 day')
      AND ($8::bigint IS NULL OR (c.at, c.id) < (timestamptz 'epoch' + $8::bigint * interval '1 microsecond', $9::bigint))
    ORDER BY c.at DESC, c.id DESC
    LIMIT $10::int + 1
)
SELECT json_build_object(
    'items', coalesce(json_agg(call_document(f.call) ORDER BY f.place) FILTER (WHERE f.place <= $10::int), '[]'),
    'next_cursor', CASE WHEN count(*) > $10::int
                        THEN max((extract(epoch FROM (f.call).at) * 1000000)::bigint || '_' || (f.call).id) FILTER (WHERE f.place = $10::int) END)::text AS document
FROM found f
