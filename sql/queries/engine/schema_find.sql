-- The newest migration that the database has, 0 for none, and whether the functions and policies of this
-- program were ever replayed: newer ones may have followed.
-- :one (texts text) -> schema_row (version int4, has_texts bool)
SELECT coalesce(max(version), 0) AS version,
       EXISTS (SELECT FROM schema_text_set WHERE checksum = $1) AS has_texts
FROM schema_migration
