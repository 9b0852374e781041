-- What rules look at. $1 request
SELECT a.id, a.kind, a.file_name, a.scan, a.scan_given_up, encode(a.sha256, 'hex') AS sha256
FROM attachment a WHERE a.request_id = $1::uuid AND a.deleted_at IS NULL ORDER BY a.created_at, a.id
