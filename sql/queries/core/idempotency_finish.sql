-- Keeps the answer for the next time the key comes. $1 actor, $2 path, $3 key, $4 status,
-- $5 content type, $6 body, $7 headers as a JSON array of {name, value}.
UPDATE idempotency_key
SET state = 'done', status = $4, content_type = $5, body = $6, headers = $7::jsonb
WHERE actor_id = $1 AND path = $2 AND key = $3
