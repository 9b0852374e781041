-- A new version of the alerts of a token. $1 token
INSERT INTO usage_alert_set AS s (token_id, version) VALUES ($1::uuid, 1)
ON CONFLICT (token_id) DO UPDATE SET version = s.version + 1
RETURNING version
