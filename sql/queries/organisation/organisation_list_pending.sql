-- Those that the directory has not confirmed yet, the oldest first.
SELECT siret FROM organisation WHERE state = 'pending_directory' ORDER BY created_at LIMIT 100
