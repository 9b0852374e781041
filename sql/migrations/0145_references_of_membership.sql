-- The foreign keys of this table, each with an index: see 0140.
CREATE INDEX IF NOT EXISTS membership_resolved_by_fk_idx ON membership (resolved_by) WHERE resolved_by IS NOT NULL;
