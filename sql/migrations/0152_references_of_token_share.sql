-- The foreign keys of this table, each with an index: see 0140.
CREATE INDEX IF NOT EXISTS token_share_created_by_fk_idx ON token_share (created_by) WHERE created_by IS NOT NULL;
