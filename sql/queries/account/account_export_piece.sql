-- Some bytes of a file in base64, from `offset` on; none behind its end, nor where the file is gone by now. Contents are
-- stored as they are, so that only these are read. Pieces of a multiple of three bytes make one text.
-- :one (attachment uuid, offset int8, bytes int8) -> piece text
SELECT coalesce((SELECT translate(encode(substring(content FROM ($2::bigint + 1)::int FOR $3::bigint::int), 'base64'), E'\n', '')
                 FROM attachment_content WHERE attachment_id = $1::uuid), '') AS piece
