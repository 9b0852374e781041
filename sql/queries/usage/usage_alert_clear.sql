-- Deletes the alerts of a token.
-- :exec (token uuid)
DELETE FROM usage_alert WHERE token_id = $1::uuid
