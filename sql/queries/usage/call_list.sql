-- A page of the calls of a token, newest first: schema CallPage of openapi.yaml. NULL filters nothing; after
-- the call with that time (microseconds since 1970) and number.
-- :one (token uuid, status_least int4?, status_most int4?, error_code text?, endpoint text?,
--       request_id text?, from_ms int8?, to_ms int8?, after_us int8?, after_number int8?, limit int8) -> document text
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
    LIMIT $11::bigint + 1
)
SELECT json_build_object(
    'items', coalesce(json_agg(call_document(f.call) ORDER BY f.place) FILTER (WHERE f.place <= $11::bigint), '[]'),
    'next_cursor', CASE WHEN count(*) > $11::bigint
                        THEN max((extract(epoch FROM (f.call).at) * 1000000)::bigint || '_' || (f.call).id) FILTER (WHERE f.place = $11::bigint) END)::text AS document
FROM found f
