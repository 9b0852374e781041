-- The files of the snapshot, and no other. $1 request
UPDATE attachment a
SET deleted_at = CASE WHEN l.attachment_id IS NULL THEN coalesce(a.deleted_at, now()) END
FROM request r
JOIN attachment b ON b.request_id = r.id
LEFT JOIN habilitation_attachment l ON l.habilitation_id = r.habilitation_id AND l.attachment_id = b.id
WHERE r.id = $1::uuid AND a.id = b.id
