-- Replaces the hash of a password by one under the present parameters, unless the password was changed meanwhile.
-- :exec (account uuid, former_hash text, hash text)
UPDATE account SET password_hash = $3 WHERE id = $1::uuid AND password_hash = $2
