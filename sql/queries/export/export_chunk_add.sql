-- Adds a piece of the file and says how far it is. No row is written where the export was deleted meanwhile, or where
-- another attempt has begun.
-- :affected (export uuid, attempt int4, place int4, sealed text, rows int8, bytes int8)
WITH alive AS (
    UPDATE export SET rows = $5::bigint, bytes = $6::bigint
    WHERE id = $1::uuid AND attempt = $2::int AND state = 'running'
    RETURNING id)
INSERT INTO export_chunk (export_id, place, sealed) SELECT a.id, $3::int, $4 FROM alive a
