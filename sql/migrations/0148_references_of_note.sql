-- The foreign keys of this table, each with an index: see 0140.
CREATE INDEX IF NOT EXISTS note_author_id_fk_idx ON note (author_id);
