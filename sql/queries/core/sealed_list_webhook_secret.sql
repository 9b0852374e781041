-- The next sealed values behind a key, NULL for the first: secrets of webhooks.
-- :many (after uuid?, limit int4) -> sealed_value
SELECT id::text AS key, 'webhook_secret/' || id AS context, sealed_secret AS sealed
FROM webhook_secret
WHERE id > coalesce($1::uuid, '00000000-0000-0000-0000-000000000000')
ORDER BY id
LIMIT $2::int
