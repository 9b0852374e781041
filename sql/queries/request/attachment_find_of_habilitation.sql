-- A file that belongs to a habilitation, with its content.
-- :one (habilitation uuid, attachment uuid) -> attachment_content
SELECT a.file_name, a.content_type, a.scan, a.scan_given_up, c.content
FROM habilitation_attachment l
JOIN attachment a ON a.id = l.attachment_id
JOIN attachment_content c ON c.attachment_id = a.id
WHERE l.habilitation_id = $1::uuid AND a.id = $2::uuid
