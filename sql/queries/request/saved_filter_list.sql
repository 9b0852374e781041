-- A page of the account's filters, by name.
-- :one (account uuid, limit int8,
--       after text?)  -- name of the last one
--     -> document text
WITH page AS (
    SELECT f FROM saved_filter f
    WHERE f.account_id = $1::uuid AND ($3::text IS NULL OR f.name > $3)
    ORDER BY f.name LIMIT $2::bigint + 1
),
shown AS (SELECT * FROM page ORDER BY (f).name LIMIT $2::bigint)
SELECT json_build_object(
    'items', coalesce((SELECT json_agg(saved_filter_json(s.f) ORDER BY (s.f).name) FROM shown s), '[]'),
    'next_cursor', CASE WHEN (SELECT count(*) FROM page) > $2::bigint
                        THEN (SELECT max((s.f).name) FROM shown s) END)::text AS document
