-- $1 account, $2 name, $3 query
INSERT INTO saved_filter AS f (account_id, name, query) VALUES ($1::uuid, $2, $3::jsonb)
RETURNING saved_filter_json(f)::text AS document
