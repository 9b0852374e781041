-- Whether a token with this identifier exists.
-- :one (token uuid) -> is_known bool
SELECT EXISTS (SELECT FROM token WHERE id = $1::uuid) AS is_known
