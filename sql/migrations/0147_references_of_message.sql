-- The foreign keys of this table, each with an index: see 0140.
CREATE INDEX IF NOT EXISTS message_author_id_fk_idx ON message (author_id);
