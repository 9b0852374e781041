-- Files that wait for the scanner. $1 how many
SELECT a.id, c.content FROM attachment a JOIN attachment_content c ON c.attachment_id = a.id
WHERE a.scan = 'pending' ORDER BY a.created_at LIMIT $1::bigint
