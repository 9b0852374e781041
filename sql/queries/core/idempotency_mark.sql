-- The act behind the key happened: in the transaction of the act. $1 actor, $2 path, $3 key.
UPDATE idempotency_key SET state = 'done' WHERE actor_id = $1 AND path = $2 AND key = $3
