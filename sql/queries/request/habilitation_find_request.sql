-- $1 habilitation
SELECT h.request_id FROM habilitation h WHERE h.id = $1::uuid
