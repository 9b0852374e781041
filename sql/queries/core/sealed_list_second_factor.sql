-- The next sealed values behind a key, NULL for the first: secrets of one-time codes.
-- :many (after uuid?, limit int4) -> sealed_value
SELECT account_id::text AS key, 'second_factor/' || account_id AS context, convert_from(sealed_secret, 'UTF8') AS sealed
FROM second_factor
WHERE account_id > coalesce($1::uuid, '00000000-0000-0000-0000-000000000000')
ORDER BY account_id
LIMIT $2::int
