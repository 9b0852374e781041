-- Good for one use, by whoever takes the lock first. $1 kind, $2 secret hash
SELECT l.id, l.account_id, l.payload ->> 'email' AS email, l.payload ->> 'email_key' AS email_key
FROM link l
WHERE l.kind = $1 AND l.secret_hash = $2 AND l.used_at IS NULL AND l.expires_at > now()
FOR UPDATE
