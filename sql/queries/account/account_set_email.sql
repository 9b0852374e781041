-- Changes the address of an account; the registrations of the new one end.
-- :exec (account uuid, email text, email_key text)
WITH registrations AS (DELETE FROM registration WHERE email_key = $3)
UPDATE account SET email = $2, email_key = $3, version = version + 1, updated_at = now() WHERE id = $1::uuid
