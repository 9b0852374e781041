-- Organisations that the directory has not confirmed yet, oldest first.
-- :many () -> siret text
SELECT siret FROM organisation WHERE state = 'pending_directory' ORDER BY created_at LIMIT 100
