-- Adds a file and its content to a request.
-- :one (request uuid, kind text, file_name text, content_type text,
--        scan text,           -- not_configured, pending, clean, infected
--        account uuid,        -- who uploads it
--        content bytea)
--     -> document text
WITH added AS (
    INSERT INTO attachment AS a (request_id, kind, file_name, content_type, size_bytes, sha256, scan, uploaded_by)
    VALUES ($1::uuid, $2, $3, $4, length($7::bytea), sha256($7::bytea), $5, $6::uuid)
    RETURNING a, a.id
),
kept AS (
    INSERT INTO attachment_content (attachment_id, content) SELECT id, $7::bytea FROM added
)
SELECT attachment_json(a)::text AS document FROM added
