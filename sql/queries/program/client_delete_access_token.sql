-- A program gives its own token back. $1 hash of the token, $2 client
DELETE FROM client_access_token WHERE token_hash = $1 AND client_id = $2::uuid
