-- Claims a key for this run, or shows who holds it. $1 actor, $2 path, $3 key, $4 hash of the body.
WITH claimed AS (
    INSERT INTO idempotency_key AS k (actor_id, path, key, body_hash)
    VALUES ($1, $2, $3, $4)
    ON CONFLICT ON CONSTRAINT idempotency_key_pk DO UPDATE
        SET body_hash = excluded.body_hash, state = 'running', created_at = now()
        WHERE k.created_at < now() - interval '24 hours'
    RETURNING true AS claimed, body_hash, state, status, content_type, body, headers
)
SELECT * FROM claimed
UNION ALL
SELECT false, k.body_hash, k.state, k.status, k.content_type, k.body, k.headers
FROM idempotency_key k
WHERE k.actor_id = $1 AND k.path = $2 AND k.key = $3 AND NOT EXISTS (SELECT FROM claimed)
