-- A page of calls of a token, the last first: schema CallPage of openapi.yaml. $1 token, $2 and $3
-- bounds of the status, $4 error code, $5 endpoint, $6 request id, $7 and $8 from and to (milliseconds
-- since 1970; each or NULL), $9 and $10 cursor (microseconds, number) or NULL, $11 limit
WITH found AS (
    SELECT c AS call, row_number() OVER (ORDER BY c.at DESC, c.id DESC) AS place
    FROM call c
    WHERE c.token_id = $1::uuid
      AND ($2::int IS NULL OR c.status BETWEEN $2::int AND $3::int)
      AND ($4::text IS NULL OR c.error_code = $4)
      AND ($5::text IS NULL OR c.endpoint = $5)
      AND ($6::text IS NULL OR c.request_id = $6)
      AND c.at >= coalesce(to_timestamp($7::bigint / 1000.0), now() - interval '32 days')
      AND c.at < coalesce(to_timestamp($8::bigint / 1000.0), now() + interval '1 day')
      AND ($9::bigint IS NULL OR (c.at, c.id) < (timestamptz 'epoch' + $9::bigint * interval '1 microsecond', $10::bigint))
    ORDER BY c.at DESC, c.id DESC
    LIMIT $11::int + 1
)
SELECT json_build_object(
    'items', coalesce(json_agg(call_document(f.call) ORDER BY f.place) FILTER (WHERE f.place <= $11::int), '[]'),
    'next_cursor', CASE WHEN count(*) > $11::int
                        THEN max((extract(epoch FROM (f.call).at) * 1000000)::bigint || '_' || (f.call).id) FILTER (WHERE f.place = $11::int) END)::text AS document
FROM found f
