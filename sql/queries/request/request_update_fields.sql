-- $1 request, $2 fields, $3 version of the terms that is accepted or NULL
UPDATE request
SET fields = $2::jsonb, terms_version = $3, version = version + 1, updated_at = now(), reminded_at = NULL
WHERE id = $1::uuid
