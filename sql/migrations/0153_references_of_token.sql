-- The foreign keys of this table, each with an index: see 0140.
CREATE INDEX IF NOT EXISTS token_former_system_fk_idx ON token (former_system) WHERE former_system IS NOT NULL;
CREATE INDEX IF NOT EXISTS token_previous_kid_fk_idx ON token (previous_kid) WHERE previous_kid IS NOT NULL;
CREATE INDEX IF NOT EXISTS token_revoked_by_fk_idx ON token (revoked_by) WHERE revoked_by IS NOT NULL;
CREATE INDEX IF NOT EXISTS token_subject_id_fk_idx ON token (subject_id);
