-- A file that is attached to a request, with its content.
-- :one (request uuid, attachment uuid) -> attachment_content (
--     file_name text,
--     content_type text,
--     scan text,            -- not_configured, pending, clean, infected
--     scan_given_up bool,   -- the scanner refuses it
--     content bytea)
SELECT a.file_name, a.content_type, a.scan, a.scan_given_up, c.content
FROM attachment a JOIN attachment_content c ON c.attachment_id = a.id
WHERE a.request_id = $1::uuid AND a.id = $2::uuid AND a.deleted_at IS NULL
