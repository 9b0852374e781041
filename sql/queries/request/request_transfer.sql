-- Gives a request another applicant.
-- :exec (request uuid, account uuid)
UPDATE request SET applicant_id = $2::uuid, version = version + 1, updated_at = now(), reminded_at = NULL
WHERE id = $1::uuid
