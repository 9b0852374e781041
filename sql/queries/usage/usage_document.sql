-- The figures of a token's calls: schema Usage of openapi.yaml.
-- :one (token uuid, from_ms int8, to_ms int8,
--       bucket_s int4,  -- one point of the chart
--       advice jsonb)   -- {code: {title, advice}}
-- -> document text
WITH asked AS MATERIALIZED (
    SELECT to_timestamp($2::bigint / 1000.0) AS from_at, to_timestamp($3::bigint / 1000.0) AS to_at,
           make_interval(secs => $4::int) AS bucket
), counts AS MATERIALIZED (
    SELECT c.*, c.status < 400 AS is_success, c.status = 404 AS is_not_found,
           c.status BETWEEN 400 AND 499 AND c.status <> 404 AS is_other_4xx, c.status >= 500 AS is_server_error
    FROM asked a, call_counts($1::uuid, a.from_at, a.to_at, $4::int) c
), slots AS (
    SELECT grouping(endpoint) = 1 AS is_total, endpoint, slot, sum(calls) AS calls
    FROM counts
    GROUP BY GROUPING SETS ((endpoint, slot), (slot))
), running AS (
    SELECT is_total, endpoint, slot,
           sum(calls) OVER (PARTITION BY is_total, endpoint ORDER BY slot) AS below,
           sum(calls) OVER (PARTITION BY is_total, endpoint) AS total
    FROM slots
), percentiles AS (
    SELECT is_total, endpoint,
           usage_slot_ms(min(slot) FILTER (WHERE below >= total * 0.5)) AS p50_ms,
           usage_slot_ms(min(slot) FILTER (WHERE below >= total * 0.95)) AS p95_ms
    FROM running
    GROUP BY is_total, endpoint
), sums AS (
    SELECT grouping(endpoint) = 1 AS is_total, endpoint, coalesce(sum(calls), 0) AS calls,
           coalesce(sum(calls) FILTER (WHERE is_sandbox), 0) AS sandbox_calls,
           round(100 * sum(calls) FILTER (WHERE is_success) / sum(calls), 2) AS success,
           round(100 * sum(calls) FILTER (WHERE is_not_found) / sum(calls), 2) AS not_found,
           round(100 * sum(calls) FILTER (WHERE is_other_4xx) / sum(calls), 2) AS other_4xx,
           round(100 * sum(calls) FILTER (WHERE is_server_error) / sum(calls), 2) AS server_error
    FROM counts
    GROUP BY GROUPING SETS ((endpoint), ())
), figures AS (
    SELECT s.is_total, s.endpoint, s.calls,
           jsonb_build_object(
               'calls', s.calls,
               'success_percent', CASE WHEN s.calls > 0 THEN coalesce(s.success, 0) END,
               'not_found_percent', CASE WHEN s.calls > 0 THEN coalesce(s.not_found, 0) END,
               'other_4xx_percent', CASE WHEN s.calls > 0 THEN coalesce(s.other_4xx, 0) END,
               'server_error_percent', CASE WHEN s.calls > 0 THEN coalesce(s.server_error, 0) END,
               'p50_ms', p.p50_ms, 'p95_ms', p.p95_ms, 'sandbox_calls', s.sandbox_calls) AS document
    FROM sums s
    LEFT JOIN percentiles p ON p.is_total = s.is_total AND p.endpoint IS NOT DISTINCT FROM s.endpoint
), points AS (
    SELECT at, sum(calls) AS calls,
           coalesce(sum(calls) FILTER (WHERE is_success), 0) AS success,
           coalesce(sum(calls) FILTER (WHERE is_not_found), 0) AS not_found,
           coalesce(sum(calls) FILTER (WHERE is_other_4xx), 0) AS other_4xx,
           coalesce(sum(calls) FILTER (WHERE is_server_error), 0) AS server_errors
    FROM counts
    GROUP BY at
), series AS (
    SELECT json_agg(json_build_object(
               'at', api_time(b.at), 'calls', coalesce(p.calls, 0), 'success', coalesce(p.success, 0),
               'not_found', coalesce(p.not_found, 0), 'other_4xx', coalesce(p.other_4xx, 0),
               'server_errors', coalesce(p.server_errors, 0)) ORDER BY b.at) AS document
    FROM asked a
    CROSS JOIN LATERAL generate_series(date_bin(a.bucket, a.from_at, timestamptz 'epoch'),
                                       a.to_at - interval '1 microsecond', a.bucket) b (at)
    LEFT JOIN points p ON p.at = b.at
), errors AS (
    SELECT c.error_code, c.status, sum(c.calls) AS calls, max(c.last_at) AS last_at,
           coalesce(sum(c.calls) FILTER (WHERE c.is_sandbox), 0) AS sandbox_calls,
           coalesce($5::jsonb -> c.error_code, $5::jsonb -> ('XX' || right(c.error_code, 3)), '{}') AS known
    FROM counts c
    WHERE NOT c.is_success
    GROUP BY c.error_code, c.status
)
SELECT json_build_object(
    'from', api_time(a.from_at), 'to', api_time(a.to_at), 'bucket_seconds', $4::int,
    'totals', (SELECT f.document FROM figures f WHERE f.is_total),
    'endpoints', (SELECT coalesce(json_agg(jsonb_build_object('endpoint', coalesce(f.endpoint, '(adresse inconnue)')) || f.document
                                           ORDER BY f.calls DESC, f.endpoint), '[]')
                  FROM figures f WHERE NOT f.is_total),
    'series', coalesce(s.document, '[]'),
    'errors', (SELECT coalesce(json_agg(json_build_object(
                          'code', e.error_code, 'status', e.status, 'calls', e.calls, 'sandbox_calls', e.sandbox_calls,
                          'title', coalesce(e.known ->> 'title', 'Réponse ' || e.status),
                          'advice', coalesce(e.known ->> 'advice', 'Lisez le détail de la réponse ; si elle persiste, transmettez son identifiant au support.'),
                          'last_at', api_time(e.last_at)) ORDER BY e.calls DESC, e.error_code), '[]')
               FROM errors e))::text AS document
FROM asked a, series s
