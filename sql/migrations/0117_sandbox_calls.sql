-- Calls that the built-in sandbox answered are told from those of a provider.
ALTER TABLE call ADD COLUMN is_sandbox boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN call.is_sandbox IS 'the built-in sandbox answered: the data are invented';
