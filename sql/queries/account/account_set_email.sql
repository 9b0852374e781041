-- Changes the address of an account; the registrations of the new one end. Memberships that wait for support's verdict
-- are no longer what was read.
-- :exec (account uuid, email text, email_key text)
WITH registrations AS (DELETE FROM registration WHERE email_key = $3),
judged AS (
    UPDATE membership SET version = version + 1, updated_at = now() WHERE account_id = $1::uuid AND state = 'suspended'
)
UPDATE account SET email = $2, email_key = $3, version = version + 1, updated_at = now() WHERE id = $1::uuid
