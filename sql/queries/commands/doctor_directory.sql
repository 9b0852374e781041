-- How large the local directory is (above 100,000 as the planner estimates it) and how many days ago INSEE's files were
-- imported; NULL: never, it is the sample.
-- :one () -> doctor_directory (rows_count int8, age_days int4?)
SELECT greatest((SELECT count(*) FROM (SELECT FROM directory_establishment LIMIT 100000) few),
                (SELECT reltuples::bigint FROM pg_class WHERE oid = 'directory_establishment'::regclass)) AS rows_count,
       (SELECT extract(day FROM now() - published_at)::int FROM directory_publication) AS age_days
