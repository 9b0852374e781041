-- The act behind the key happened: in the transaction of the act.
-- :exec (actor text, path text, key text, body_hash bytea)
INSERT INTO idempotency_key (actor_id, path, key, body_hash, state) VALUES ($1, $2, $3, $4, 'done')
