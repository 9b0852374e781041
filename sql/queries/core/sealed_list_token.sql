-- The next sealed values behind a key, NULL for the first; none that was lost with its master key (RUNBOOK.md): strings of tokens.
-- :many (after uuid?, limit int4) -> sealed_value
SELECT id::text AS key, 'token/' || id AS context, sealed_jwt AS sealed
FROM token
WHERE sealed_jwt <> '' AND id > coalesce($1::uuid, '00000000-0000-0000-0000-000000000000')
ORDER BY id
LIMIT $2::int
