-- $1 token
DELETE FROM usage_alert WHERE token_id = $1::uuid
