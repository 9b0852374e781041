-- Foreign keys, each with an index: without one, who deletes a row that is referred to reads the whole table.
CREATE INDEX IF NOT EXISTS account_current_siret_fk_idx ON account (current_siret) WHERE current_siret IS NOT NULL;
CREATE INDEX IF NOT EXISTS account_suspended_by_fk_idx ON account (suspended_by) WHERE suspended_by IS NOT NULL;
