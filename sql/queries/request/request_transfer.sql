-- Gives a request another applicant. A takeover that waited is over.
-- :exec (request uuid, account uuid)
WITH takeover AS (DELETE FROM request_takeover WHERE request_id = $1::uuid)
UPDATE request SET applicant_id = $2::uuid, version = version + 1, updated_at = now(), reminded_at = NULL
WHERE id = $1::uuid
