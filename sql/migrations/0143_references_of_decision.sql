-- The foreign keys of this table, each with an index: see 0140.
CREATE INDEX IF NOT EXISTS decision_decided_by_fk_idx ON decision (decided_by);
CREATE INDEX IF NOT EXISTS decision_proposed_by_fk_idx ON decision (proposed_by) WHERE proposed_by IS NOT NULL;
