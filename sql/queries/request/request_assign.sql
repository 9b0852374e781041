-- Assigns a request to an instructor, or to nobody. That changes nothing of what a proposed approval judges.
-- :exec (request uuid, account uuid?)
WITH carried AS (
    UPDATE request_proposal p SET request_version = r.version + 1
    FROM request r WHERE r.id = $1::uuid AND p.request_id = r.id AND p.request_version = r.version
)
UPDATE request SET assignee_id = $2::uuid, version = version + 1, updated_at = now() WHERE id = $1::uuid
