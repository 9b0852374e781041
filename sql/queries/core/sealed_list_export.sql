-- The next sealed values behind a key, NULL for the first: pieces of exported files.
-- :many (after jsonb?, limit int4) -> sealed_value
SELECT jsonb_build_array(export_id, place)::text AS key, 'export/' || export_id || '/' || place AS context, sealed
FROM export_chunk
WHERE (export_id, place) > (coalesce(($1::jsonb ->> 0)::uuid, '00000000-0000-0000-0000-000000000000'), coalesce(($1::jsonb ->> 1)::int, -1))
ORDER BY export_id, place
LIMIT $2::int
