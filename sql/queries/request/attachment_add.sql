-- $1 request, $2 kind, $3 file name, $4 media type, $5 size, $6 scan, $7 who, $8 content
WITH added AS (
    INSERT INTO attachment AS a (request_id, kind, file_name, content_type, size_bytes, sha256, scan, uploaded_by)
    VALUES ($1::uuid, $2, $3, $4, $5::integer, sha256($8::bytea), $6, $7::uuid)
    RETURNING a, a.id
),
kept AS (
    INSERT INTO attachment_content (attachment_id, content) SELECT id, $8::bytea FROM added
)
SELECT id, attachment_json(a)::text AS document FROM added
