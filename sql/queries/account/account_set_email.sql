-- Changes the address of an account.
-- :exec (account uuid, email text, email_key text)
UPDATE account SET email = $2, email_key = $3, version = version + 1, updated_at = now() WHERE id = $1::uuid
