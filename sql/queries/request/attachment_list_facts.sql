-- What rules and history need to know of the files attached to a request.
-- :many (request uuid) -> attachment_facts (id uuid, kind text, file_name text, scan text, scan_given_up bool)
SELECT a.id, a.kind, a.file_name, a.scan, a.scan_given_up
FROM attachment a WHERE a.request_id = $1::uuid AND a.deleted_at IS NULL ORDER BY a.created_at, a.id
