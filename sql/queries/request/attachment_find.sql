-- With its content. $1 request, $2 file
SELECT a.file_name, a.content_type, a.scan, a.scan_given_up, c.content
FROM attachment a JOIN attachment_content c ON c.attachment_id = a.id
WHERE a.request_id = $1::uuid AND a.id = $2::uuid AND a.deleted_at IS NULL
