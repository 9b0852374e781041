-- Saves a filter of the queue.
-- :one (account uuid, name text, query jsonb) -> document text
INSERT INTO saved_filter AS f (account_id, name, query) VALUES ($1::uuid, $2, $3::jsonb)
RETURNING saved_filter_json(f)::text AS document
