-- The alerts of a token: schema Alerts of openapi.yaml.
-- :one (token uuid) -> usage_alert_document (
--     version int4,  -- 0: none were ever set
--     document text)
SELECT coalesce(max(s.version), 0) AS version, json_build_object(
    'version', coalesce(max(s.version), 0),
    'alerts', coalesce(json_agg(json_build_object('kind', a.kind, 'threshold', a.threshold,
                                                  'window_minutes', a.window_minutes) ORDER BY a.place)
                       FILTER (WHERE a.token_id IS NOT NULL), '[]'))::text AS document
FROM usage_alert_set s
LEFT JOIN usage_alert a ON a.token_id = s.token_id
WHERE s.token_id = $1::uuid
