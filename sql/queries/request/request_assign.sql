-- Assigns a request to an instructor, or to nobody.
-- :exec (request uuid, account uuid?)
UPDATE request SET assignee_id = $2::uuid, version = version + 1, updated_at = now() WHERE id = $1::uuid
