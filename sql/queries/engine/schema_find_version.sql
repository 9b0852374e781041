-- The newest migration that the database has; 0 for none.
-- :one () -> version int4
SELECT coalesce(max(version), 0) AS version FROM schema_migration
