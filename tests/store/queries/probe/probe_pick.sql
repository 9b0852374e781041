-- Each of the numbers from one on that are this one: as often as it is asked for.
-- :opt (times int4) -> probe_pick (id int4, note text?)
SELECT 7 AS id, 'found'::text AS note FROM generate_series(1, $1::int)
