-- Ends the unused links of a kind.
-- :exec (account uuid, kind text)
WITH dead AS (
    DELETE FROM link WHERE account_id = $1::uuid AND kind = $2 AND used_at IS NULL RETURNING secret_hash, expires_at
)
INSERT INTO spent_link (secret_hash, kind, ending, at)
SELECT secret_hash, $2, CASE WHEN expires_at > now() THEN 'ended' ELSE 'expired' END, least(expires_at, now()) FROM dead
