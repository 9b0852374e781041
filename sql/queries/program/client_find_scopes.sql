-- The scopes of a client that is locked.
-- :one (client uuid) -> scopes text
SELECT array_to_string(scopes, ' ') AS scopes FROM client WHERE id = $1::uuid
