-- Accepts the string of a former system until a moment.
-- :exec (token uuid, system text, until_s int8)
UPDATE token SET former_system = $2, former_until = to_timestamp($3::bigint), version = version + 1
WHERE id = $1::uuid
