-- Changes the address of an account, which keeps the former one; the registrations of the new one end. Memberships that wait for support's verdict
-- are no longer what was read.
-- :exec (account uuid, email text, email_key text)
WITH registrations AS (DELETE FROM registration WHERE email_key = $3 RETURNING secret_hash),
spent AS (
    INSERT INTO spent_link (secret_hash, kind, ending)
    SELECT secret_hash, 'activation', 'used' FROM registrations WHERE secret_hash IS NOT NULL
),
former AS (
    INSERT INTO account_former_email (account_id, email_key, email)
    SELECT id, email_key, email FROM account WHERE id = $1::uuid AND email_key <> $3
    ON CONFLICT (account_id, email_key) DO UPDATE SET until = now()
),
judged AS (
    UPDATE membership SET version = version + 1, updated_at = now() WHERE account_id = $1::uuid AND state = 'suspended'
)
UPDATE account SET email = $2, email_key = $3, version = version + 1, updated_at = now() WHERE id = $1::uuid
