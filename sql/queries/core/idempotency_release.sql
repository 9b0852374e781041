-- Nothing happened: the key may come again. $1 actor, $2 path, $3 key.
DELETE FROM idempotency_key WHERE actor_id = $1 AND path = $2 AND key = $3 AND state = 'running'
