-- Off the request; the row stays for the snapshots that hold it. $1 request, $2 file
UPDATE attachment SET deleted_at = now()
WHERE request_id = $1::uuid AND id = $2::uuid AND deleted_at IS NULL
RETURNING file_name
