-- A page of a product's templates, by outcome and name.
-- :one (product text,
--       outcome text?,  -- NULL: all
--       limit int8,
--       after text?)    -- outcome and name of the last one
--     -> document text
WITH page AS (
    SELECT t, t.outcome || ' ' || t.name AS place FROM decision_template t
    WHERE t.product = $1 AND ($2::text IS NULL OR t.outcome = $2)
      AND ($4::text IS NULL OR t.outcome || ' ' || t.name > $4)
    ORDER BY place LIMIT $3::bigint + 1
),
shown AS (SELECT * FROM page ORDER BY place LIMIT $3::bigint)
SELECT json_build_object(
    'items', coalesce((SELECT json_agg(decision_template_json(s.t) ORDER BY s.place) FROM shown s), '[]'),
    'next_cursor', CASE WHEN (SELECT count(*) FROM page) > $3::bigint
                        THEN (SELECT max(s.place) FROM shown s) END)::text AS document
