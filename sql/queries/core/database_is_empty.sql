-- Whether nothing was made in the database yet.
-- :one () -> is_empty bool
SELECT NOT EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')) AS is_empty
