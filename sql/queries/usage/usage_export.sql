-- The figures for each endpoint as CSV, from the document that usage_document made.
-- :one (document json) -> lines text
SELECT 'endpoint,calls,success_percent,not_found_percent,other_4xx_percent,server_error_percent,p50_ms,p95_ms,sandbox_calls' || E'\r\n' ||
    coalesce(string_agg(concat_ws(',', csv_cell(e.row ->> 'endpoint'), e.row ->> 'calls', coalesce(e.row ->> 'success_percent', ''),
        coalesce(e.row ->> 'not_found_percent', ''), coalesce(e.row ->> 'other_4xx_percent', ''),
        coalesce(e.row ->> 'server_error_percent', ''), coalesce(e.row ->> 'p50_ms', ''),
        coalesce(e.row ->> 'p95_ms', ''), e.row ->> 'sandbox_calls') || E'\r\n', '' ORDER BY e.place), '') AS lines
FROM json_array_elements($1::json -> 'endpoints') WITH ORDINALITY e (row, place)
