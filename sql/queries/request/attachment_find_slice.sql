-- Some bytes of a file, from `offset` on; fewer at its end. Contents are stored as they are, so that only these
-- are read.
-- :one (attachment uuid, offset int8, bytes int8) -> content bytea
SELECT substring(content FROM ($2::bigint + 1)::int FOR $3::bigint::int) AS content
FROM attachment_content WHERE attachment_id = $1::uuid
