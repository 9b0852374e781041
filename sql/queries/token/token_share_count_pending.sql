-- How many links of a token wait to be opened.
-- :one (token uuid) -> pending int8
SELECT count(*) AS pending FROM token_share
WHERE token_id = $1::uuid AND used_at IS NULL AND cancelled_at IS NULL AND expires_at > now()
