-- The data of the snapshot come back. $1 request
UPDATE request r
SET fields = h.snapshot -> 'fields', terms_version = h.snapshot ->> 'terms_version'
FROM habilitation h
WHERE r.id = $1::uuid AND h.id = r.habilitation_id
