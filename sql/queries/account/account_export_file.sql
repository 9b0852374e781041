-- The next file that a person uploaded, in the order of upload, without its content.
-- :opt (account uuid, after_us int8, after_id uuid?) -> account_file (
--     document text,
--     at_us int8,              -- where to go on, with id
--     id uuid)
SELECT json_build_object('id', t.id, 'request_id', t.request_id, 'file_name', t.file_name,
                         'content_type', t.content_type)::text AS document,
       (extract(epoch FROM t.created_at) * 1000000)::bigint AS at_us, t.id
FROM attachment t
JOIN request r ON r.id = t.request_id
WHERE t.uploaded_by = $1::uuid AND r.siret = ANY (applicant_sirets($1::uuid))
  AND ($3::uuid IS NULL OR (t.created_at, t.id) > (timestamptz 'epoch' + $2::bigint * interval '1 microsecond', $3::uuid))
ORDER BY t.created_at, t.id
LIMIT 1
