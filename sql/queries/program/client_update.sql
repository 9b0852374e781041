-- Renames a client and narrows its scopes; NULL leaves a column as it is.
-- :exec (
--     client uuid,
--     name text?,
--     scopes jsonb?)           -- array of names
UPDATE client
SET name = coalesce($2, name),
    scopes = CASE WHEN $3::jsonb IS NULL THEN scopes ELSE ARRAY(SELECT jsonb_array_elements_text($3::jsonb)) END,
    version = version + 1
WHERE id = $1::uuid
