-- $1 token, $2 JSON array of alerts
INSERT INTO usage_alert (token_id, place, kind, threshold, window_minutes)
SELECT $1::uuid, a.place, a.alert ->> 'kind', (a.alert ->> 'threshold')::numeric, (a.alert ->> 'window_minutes')::int
FROM jsonb_array_elements($2::jsonb) WITH ORDINALITY a (alert, place)
