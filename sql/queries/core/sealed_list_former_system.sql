-- The next sealed values behind a key, NULL for the first: secrets of former systems.
-- :many (after text?, limit int4) -> sealed_value
SELECT name AS key, 'former_system/' || name AS context, sealed_secret AS sealed
FROM former_system
WHERE name > coalesce($1::text, '')
ORDER BY name
LIMIT $2::int
