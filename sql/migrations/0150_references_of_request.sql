-- The foreign keys of this table, each with an index: see 0140.
CREATE INDEX IF NOT EXISTS request_assignee_id_fk_idx ON request (assignee_id) WHERE assignee_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS request_copied_from_fk_idx ON request (copied_from) WHERE copied_from IS NOT NULL;
CREATE INDEX IF NOT EXISTS request_habilitation_id_fk_idx ON request (habilitation_id) WHERE habilitation_id IS NOT NULL;
