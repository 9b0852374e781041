-- Keeps a slice of a file until attachment_add puts them together, in the same transaction.
-- :exec (upload uuid, position int8, content bytea)
INSERT INTO attachment_slice (upload, position, content) VALUES ($1::uuid, $2::bigint, $3::bytea)
