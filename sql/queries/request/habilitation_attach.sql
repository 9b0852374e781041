-- The files of the request belong to the snapshot too. $1 habilitation, $2 request
INSERT INTO habilitation_attachment (habilitation_id, attachment_id)
SELECT $1::uuid, a.id FROM attachment a WHERE a.request_id = $2::uuid AND a.deleted_at IS NULL
