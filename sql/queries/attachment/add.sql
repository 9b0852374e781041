-- $1 request, $2 kind, $3 file name, $4 media type, $5 size, $6 SHA-256, $7 scan, $8 who, $9 content
WITH added AS (
    INSERT INTO attachment (request_id, kind, file_name, content_type, size_bytes, sha256, scan, uploaded_by)
    VALUES ($1::uuid, $2, $3, $4, $5::integer, $6, $7, $8::uuid)
    RETURNING *
),
kept AS (
    INSERT INTO attachment_content (attachment_id, content) SELECT id, $9 FROM added
)
SELECT id, attachment_json(a)::text AS document FROM added a
