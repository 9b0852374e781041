-- Gives a request the data and the files of its habilitation again, and no other file.
-- :exec (request uuid)
WITH files AS (
    UPDATE attachment a
    SET deleted_at = CASE WHEN l.attachment_id IS NULL THEN coalesce(a.deleted_at, now()) END
    FROM request r
    JOIN attachment b ON b.request_id = r.id
    LEFT JOIN habilitation_attachment l ON l.habilitation_id = r.habilitation_id AND l.attachment_id = b.id
    WHERE r.id = $1::uuid AND a.id = b.id
)
UPDATE request r
SET fields = habilitation_fields(h), terms_version = h.snapshot ->> 'terms_version'
FROM habilitation h
WHERE r.id = $1::uuid AND h.id = r.habilitation_id
