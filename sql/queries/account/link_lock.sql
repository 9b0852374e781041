-- Locks a link that can be used, so that it is used once.
-- :opt (kind text, secret_hash bytea) -> link_row (
--     id uuid,
--     account_id uuid,
--     email text?,             -- the address that is to be confirmed
--     email_key text?)
SELECT l.id, l.account_id, l.payload ->> 'email' AS email, l.payload ->> 'email_key' AS email_key
FROM link l
WHERE l.kind = $1 AND l.secret_hash = $2 AND l.used_at IS NULL AND l.expires_at > now()
FOR UPDATE
