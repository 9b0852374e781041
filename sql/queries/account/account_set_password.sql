-- Changes the password of an account.
-- :exec (account uuid, hash text)
UPDATE account SET password_hash = $2, password_changed_at = now(), version = version + 1, updated_at = now() WHERE id = $1::uuid
