-- $1 token
SELECT count(*) AS pending FROM token_share
WHERE token_id = $1::uuid AND used_at IS NULL AND cancelled_at IS NULL AND expires_at > now()
