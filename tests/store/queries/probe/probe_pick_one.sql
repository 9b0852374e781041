-- The same where there must be one.
-- :one (times int4) -> probe_pick
SELECT 7 AS id, 'found'::text AS note FROM generate_series(1, $1::int)
