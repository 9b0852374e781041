-- Creates an active account: its person holds the mailbox, or an administrator or the identity provider vouches for
-- it. The registrations of the address end, and their links say that there is an account. Without a row: the address belongs to an account. One that the former
-- release made at the sign-up, and that was never activated, becomes active with these data and nothing else.
-- :opt (id uuid?,              -- NULL: a new one
--       email text, email_key text, given_name text, family_name text, job_title text?, phone text?,
--       password_hash text?) -> id uuid
WITH chosen AS (DELETE FROM membership m USING account a
                WHERE a.email_key = $3 AND a.state = 'pending' AND m.account_id = a.id AND m.state = 'pending'),
     registrations AS (DELETE FROM registration WHERE email_key = $3 RETURNING secret_hash),
     spent AS (
         INSERT INTO spent_link (secret_hash, kind, ending)
         SELECT secret_hash, 'activation', 'used' FROM registrations WHERE secret_hash IS NOT NULL
     )
INSERT INTO account (id, email, email_key, given_name, family_name, job_title, phone, password_hash, state, activated_at)
VALUES (coalesce($1::uuid, gen_random_uuid()), $2, $3, $4, $5, $6, $7, $8, 'active', now())
ON CONFLICT (email_key) DO UPDATE
SET email = excluded.email, given_name = excluded.given_name, family_name = excluded.family_name,
    job_title = excluded.job_title, phone = excluded.phone, password_hash = excluded.password_hash,
    state = 'active', activated_at = now(), version = account.version + 1, updated_at = now()
WHERE account.state = 'pending'
RETURNING id
