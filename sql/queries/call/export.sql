-- The next lines of an export as CSV, the last call first, and where to go on. Parameters as in
-- call/list.sql.
WITH found AS (
    SELECT c.*, row_number() OVER (ORDER BY c.at DESC, c.id DESC) AS place
    FROM call c
    WHERE c.token_id = $1::uuid
      AND ($2::int IS NULL OR c.status BETWEEN $2::int AND $3::int)
      AND ($4::text IS NULL OR c.endpoint = $4)
      AND ($5::text IS NULL OR c.request_id = $5)
      AND c.at >= coalesce(to_timestamp($6::bigint / 1000.0), now() - interval '32 days')
      AND c.at < coalesce(to_timestamp($7::bigint / 1000.0), now() + interval '1 day')
      AND ($8::bigint IS NULL OR (c.at, c.id) < (timestamptz 'epoch' + $8::bigint * interval '1 microsecond', $9::bigint))
    ORDER BY c.at DESC, c.id DESC
    LIMIT $10::int
)
SELECT string_agg(concat_ws(',', csv_cell(f.request_id), api_time(f.at), csv_cell(coalesce(f.endpoint, '')),
           csv_cell(coalesce(f.params, '{}')), csv_cell(coalesce(f.context, '')), csv_cell(coalesce(f.object, '')),
           csv_cell(coalesce(f.recipient, '')), f.status, coalesce(f.error_code, ''),
           round(f.duration_us / 1000.0, 3), coalesce(round(f.provider_us / 1000.0, 3)::text, ''),
           csv_cell(coalesce(f.address, ''))) || E'\r\n', '' ORDER BY f.place) AS lines,
       max((extract(epoch FROM f.at) * 1000000)::bigint) FILTER (WHERE f.place = $10::int) AS next_at,
       max(f.id) FILTER (WHERE f.place = $10::int) AS next_id
FROM found f
