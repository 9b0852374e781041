-- A decision that was taken in a former system: nobody here took it.
ALTER TABLE decision ADD COLUMN former_system text;
COMMENT ON COLUMN decision.former_system IS 'where it was taken; decided_by is the applicant then, for want of anybody else';
