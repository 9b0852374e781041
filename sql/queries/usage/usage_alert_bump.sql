-- Counts up the version of a token's alerts; no row where they are not those that were read.
-- :affected (token uuid,
--            if_match int8)  -- the version that was read, 0 for none yet, -1 for any
INSERT INTO usage_alert_set AS s (token_id, version)
SELECT $1::uuid, 1
WHERE $2::bigint IN (-1, 0) OR EXISTS (SELECT FROM usage_alert_set known WHERE known.token_id = $1::uuid)
ON CONFLICT (token_id) DO UPDATE SET version = s.version + 1 WHERE $2::bigint IN (-1, s.version)
