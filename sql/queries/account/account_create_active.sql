-- Creates an active account, vouched for by an administrator or by the identity provider. A pending account of
-- the address becomes active with these data. Without a row: the address belongs to an active account.
-- :opt (email text, email_key text, given_name text, family_name text, password_hash text?) -> id uuid
INSERT INTO account (email, email_key, given_name, family_name, password_hash, state, activated_at)
VALUES ($1, $2, $3, $4, $5, 'active', now())
ON CONFLICT (email_key) DO UPDATE
SET email = excluded.email, given_name = excluded.given_name, family_name = excluded.family_name,
    password_hash = excluded.password_hash, state = 'active', activated_at = now(),
    version = account.version + 1, updated_at = now()
WHERE account.state = 'pending'
RETURNING id
