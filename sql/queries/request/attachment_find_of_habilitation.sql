-- A file that belongs to a habilitation.
-- :one (habilitation uuid, attachment uuid) -> attachment_file
SELECT a.file_name, a.content_type, a.scan, a.scan_given_up, a.size_bytes::bigint AS size_bytes
FROM habilitation_attachment l
JOIN attachment a ON a.id = l.attachment_id
WHERE l.habilitation_id = $1::uuid AND a.id = $2::uuid
