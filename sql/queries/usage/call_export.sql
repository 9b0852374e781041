-- The next lines of an export, newest call first, and where to go on. Filters as in call_list.
-- :one (token uuid, status_least int4?, status_most int4?, error_code text?, endpoint text?,
--       request_id text?, from_ms int8?, to_ms int8?, after_us int8?, after_number int8?, limit int8,
--       as_json bool)  -- each call after a comma, instead of lines of CSV
-- -> call_export_page (
--     lines text?,          -- NULL: no more calls
--     rows int8,
--     next_at_us int8?,     -- time of the last call; NULL: these were the last
--     next_number int8?)
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
    LIMIT $11::bigint
)
SELECT string_agg(
           CASE WHEN $12::boolean THEN E',\n' || call_document(f.call)
           ELSE concat_ws(',', csv_cell((f.call).request_id), api_time((f.call).at),
                          csv_cell(coalesce((f.call).endpoint, '')), csv_cell(coalesce((f.call).params, '{}')),
                          csv_cell(coalesce((f.call).context, '')), csv_cell(coalesce((f.call).object, '')),
                          csv_cell(coalesce((f.call).recipient, '')), (f.call).status,
                          coalesce((f.call).error_code, ''), round((f.call).duration_us / 1000.0, 3),
                          coalesce(round((f.call).provider_us / 1000.0, 3)::text, ''),
                          csv_cell(coalesce((f.call).address, '')), (f.call).is_sandbox::text) || E'\r\n'
           END, '' ORDER BY f.place) AS lines,
       count(*) AS rows,
       max((extract(epoch FROM (f.call).at) * 1000000)::bigint) FILTER (WHERE f.place = $11::bigint) AS next_at_us,
       max((f.call).id) FILTER (WHERE f.place = $11::bigint) AS next_number
FROM found f
