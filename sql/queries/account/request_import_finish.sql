-- Ends the import of a request: its files belong to the habilitation too, and its history begins with what was taken
-- over, to which later changes are compared.
-- :exec (request uuid, habilitation uuid, state text,
--        detail jsonb)  -- {changes, fields}
WITH file AS (
    SELECT a.id, a.kind, a.file_name, a.created_at FROM attachment a WHERE a.request_id = $1::uuid
),
attached AS (
    INSERT INTO habilitation_attachment (habilitation_id, attachment_id) SELECT $2::uuid, f.id FROM file f
)
INSERT INTO request_event (request_id, event, from_state, to_state, as_staff, detail)
SELECT $1::uuid, 'import', NULL, $3, false,
       $4::jsonb || jsonb_build_object('files', coalesce(
           (SELECT jsonb_agg(jsonb_build_object('id', f.id, 'kind', f.kind, 'name', f.file_name)
                             ORDER BY f.created_at, f.id) FROM file f), '[]'))
