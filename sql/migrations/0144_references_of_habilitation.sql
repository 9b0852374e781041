-- The foreign keys of this table, each with an index: see 0140.
CREATE INDEX IF NOT EXISTS habilitation_applicant_id_fk_idx ON habilitation (applicant_id);
CREATE INDEX IF NOT EXISTS habilitation_decision_id_fk_idx ON habilitation (decision_id);
