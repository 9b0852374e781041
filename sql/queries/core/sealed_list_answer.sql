-- The next sealed values behind a key, NULL for the first: answers kept for an Idempotency-Key.
-- :many (after jsonb?, limit int4) -> sealed_value
SELECT jsonb_build_array(actor_id, path, key)::text AS key, 'idempotency_key/' || actor_id || path || '/' || key AS context, coalesce(body, '') AS sealed
FROM idempotency_key
WHERE body IS NOT NULL AND (actor_id, path, key) > (coalesce($1::jsonb ->> 0, ''), coalesce($1::jsonb ->> 1, ''), coalesce($1::jsonb ->> 2, ''))
ORDER BY actor_id, path, key
LIMIT $2::int
