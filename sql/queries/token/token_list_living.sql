-- The strings of tokens that can be presented or prolonged, in the order of their ids.
-- :many (after uuid, limit int8) -> token_living (id uuid, sealed_jwt text)
SELECT t.id, t.sealed_jwt
FROM token t
WHERE t.id > $1::uuid AND t.sealed_jwt <> '' AND (t.revoked_at IS NULL OR t.revoked_at > now())
  AND t.expires_at > now() - interval '90 days'
ORDER BY t.id
LIMIT $2::bigint
