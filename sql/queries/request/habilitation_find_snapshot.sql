-- What was granted, and whether the request still has the same files.
-- :one (habilitation uuid) -> habilitation_snapshot (
--     fields text,           -- JSON
--     has_same_files bool)
SELECT habilitation_fields(h)::text AS fields,
       NOT EXISTS (
           SELECT FROM (SELECT l.attachment_id AS id FROM habilitation_attachment l WHERE l.habilitation_id = h.id) AS granted
           FULL JOIN (SELECT a.id FROM attachment a
                      WHERE a.request_id = h.request_id AND a.deleted_at IS NULL) AS attached USING (id)
           WHERE granted.id IS NULL OR attached.id IS NULL) AS has_same_files
FROM habilitation h WHERE h.id = $1::uuid
