-- A file that is attached to a request.
-- :one (request uuid, attachment uuid) -> attachment_file (
--     file_name text,
--     content_type text,
--     scan text,            -- not_configured, pending, clean, infected
--     scan_given_up bool,   -- the scanner refuses it
--     size_bytes int8)
SELECT a.file_name, a.content_type, a.scan, a.scan_given_up, a.size_bytes::bigint AS size_bytes
FROM attachment a
WHERE a.request_id = $1::uuid AND a.id = $2::uuid AND a.deleted_at IS NULL
