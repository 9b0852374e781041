-- Keeps the answer for the next time the key comes.
-- :exec (actor text, path text, key text, status int4, content_type text?, body text?, headers jsonb)
UPDATE idempotency_key
SET status = $4, content_type = $5, body = $6, headers = $7::jsonb
WHERE actor_id = $1 AND path = $2 AND key = $3
