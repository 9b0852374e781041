-- What was approved. $1 habilitation
SELECT (h.snapshot -> 'fields')::text AS fields,
       coalesce((SELECT string_agg(l.attachment_id::text, ' ' ORDER BY l.attachment_id)
                 FROM habilitation_attachment l WHERE l.habilitation_id = h.id), '') AS files,
       coalesce((SELECT string_agg(a.id::text, ' ' ORDER BY a.id)
                 FROM attachment a WHERE a.request_id = h.request_id AND a.deleted_at IS NULL), '') AS files_now
FROM habilitation h WHERE h.id = $1::uuid
