-- The newest migration that this database had.
SELECT coalesce(max(version), 0) AS version FROM schema_migration
