-- A new version of the alerts of a token; no row where they are no longer those that were read. $1 token, $2 the
-- version that was read (0 for none yet), -1 for any
INSERT INTO usage_alert_set AS s (token_id, version)
SELECT $1::uuid, 1
WHERE $2::bigint IN (-1, 0) OR EXISTS (SELECT FROM usage_alert_set known WHERE known.token_id = $1::uuid)
ON CONFLICT (token_id) DO UPDATE SET version = s.version + 1 WHERE $2::bigint IN (-1, s.version)
RETURNING version
