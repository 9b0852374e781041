-- Removes a file from a request. What a habilitation holds is kept for it, any other file is deleted.
-- :opt (request uuid, attachment uuid) -> file_name text
WITH kept AS (
    UPDATE attachment a SET deleted_at = now()
    WHERE a.request_id = $1::uuid AND a.id = $2::uuid AND a.deleted_at IS NULL
      AND EXISTS (SELECT FROM habilitation_attachment l WHERE l.attachment_id = a.id)
    RETURNING a.file_name
),
gone AS (
    DELETE FROM attachment a
    WHERE a.request_id = $1::uuid AND a.id = $2::uuid AND a.deleted_at IS NULL
      AND NOT EXISTS (SELECT FROM habilitation_attachment l WHERE l.attachment_id = a.id)
    RETURNING a.file_name
)
SELECT file_name FROM kept UNION ALL SELECT file_name FROM gone
