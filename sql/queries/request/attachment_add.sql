-- Adds a file to a request, its content put together from the slices of the upload.
-- :one (request uuid, kind text, file_name text, content_type text,
--        scan text,           -- not_configured, pending, clean, infected
--        account uuid,        -- who uploads it
--        upload uuid)
--     -> document text
WITH slice AS (
    DELETE FROM attachment_slice WHERE upload = $7::uuid RETURNING position, content
),
whole AS (
    SELECT string_agg(content, ''::bytea ORDER BY position) AS content FROM slice
),
added AS (
    INSERT INTO attachment AS a (request_id, kind, file_name, content_type, size_bytes, sha256, scan, uploaded_by)
    SELECT $1::uuid, $2, $3, $4, length(w.content), sha256(w.content), $5, $6::uuid FROM whole w
    RETURNING a, a.id
),
kept AS (
    INSERT INTO attachment_content (attachment_id, content) SELECT a.id, w.content FROM added a, whole w
)
SELECT attachment_json(a)::text AS document FROM added
