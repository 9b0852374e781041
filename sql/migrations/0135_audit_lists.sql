-- The audit trail by what was done and by what it was done to.
CREATE INDEX audit_action_idx ON audit (action, id);
CREATE INDEX audit_object_idx ON audit (subject_id, id);
