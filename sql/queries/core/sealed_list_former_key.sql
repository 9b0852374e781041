-- The next sealed values behind a key, NULL for the first: keys kept of former master keys.
-- :many (after jsonb?, limit int4) -> sealed_value
SELECT jsonb_build_array(purpose, id)::text AS key, 'former_key/' || purpose || '/' || id AS context, sealed
FROM former_key
WHERE (purpose, id) > (coalesce($1::jsonb ->> 0, ''), coalesce($1::jsonb ->> 1, ''))
ORDER BY purpose, id
LIMIT $2::int
