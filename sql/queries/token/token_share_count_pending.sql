-- How many links of a token wait to be opened.
-- :one (token uuid) -> pending int8
SELECT count(*) AS pending FROM token_share s
WHERE s.token_id = $1::uuid AND s.used_at IS NULL AND s.cancelled_at IS NULL AND s.expires_at > now()
  AND token_share_is_backed(s)
