-- Changes the password of an account.
-- :exec (account uuid, hash text)
UPDATE account SET password_hash = $2, version = version + 1, updated_at = now() WHERE id = $1::uuid
