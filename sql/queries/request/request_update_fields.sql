-- Saves the data of the form.
-- :exec (request uuid, fields jsonb,
--        terms_version text?)  -- of the terms that are accepted
UPDATE request
SET fields = $2::jsonb, terms_version = $3, version = version + 1, updated_at = now(), reminded_at = NULL
WHERE id = $1::uuid
