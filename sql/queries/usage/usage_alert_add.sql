-- Adds the alerts of a token, in the order of the array.
-- :exec (token uuid, alerts jsonb)
INSERT INTO usage_alert (token_id, place, kind, threshold, window_minutes)
SELECT $1::uuid, a.place, a.alert ->> 'kind', (a.alert ->> 'threshold')::numeric, (a.alert ->> 'window_minutes')::int
FROM jsonb_array_elements($2::jsonb) WITH ORDINALITY a (alert, place)
