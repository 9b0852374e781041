-- $1 request, $2 new applicant
UPDATE request SET applicant_id = $2::uuid, version = version + 1, updated_at = now(), reminded_at = NULL
WHERE id = $1::uuid
