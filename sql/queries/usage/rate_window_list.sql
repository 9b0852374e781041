-- The open windows of a token.
-- :many (token uuid) -> rate_window_use (
--     limit_key text,
--     used int8,
--     reset_at text)  -- RFC 3339
SELECT limit_key, used, api_time(started_at + interval '60 seconds') AS reset_at
FROM rate_window
WHERE token_id = $1::uuid AND started_at > clock_timestamp() - interval '60 seconds'
