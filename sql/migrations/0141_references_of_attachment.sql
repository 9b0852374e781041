-- The foreign keys of this table, each with an index: see 0140.
CREATE INDEX IF NOT EXISTS attachment_uploaded_by_fk_idx ON attachment (uploaded_by);
