-- The next sealed values behind a key, NULL for the first: mails that wait.
-- :many (after uuid?, limit int4) -> sealed_value
SELECT id::text AS key, 'mail/' || id AS context, coalesce(sealed, '') AS sealed
FROM outbox
WHERE sealed IS NOT NULL AND id > coalesce($1::uuid, '00000000-0000-0000-0000-000000000000')
ORDER BY id
LIMIT $2::int
