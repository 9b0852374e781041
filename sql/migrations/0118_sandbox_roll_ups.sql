-- The roll-ups keep apart what the built-in sandbox answered (0117).
ALTER TABLE call_hour ADD COLUMN is_sandbox boolean NOT NULL DEFAULT false;
ALTER TABLE call_day ADD COLUMN is_sandbox boolean NOT NULL DEFAULT false;

-- contracts: no statement of 1.0.0 names usage_counts, in whose place call_counts has one more column
DROP FUNCTION IF EXISTS usage_counts(uuid, timestamptz, timestamptz, int);
