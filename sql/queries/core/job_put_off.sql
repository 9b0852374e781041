-- Lets a job run again later.
-- :exec (
--     job uuid,
--     in_s int4,               -- seconds from now
--     problem text?)           -- what went wrong; NULL: nothing, the job is a recurring one
UPDATE job SET run_at = now() + make_interval(secs => $2::int), last_error = $3,
               attempts = CASE WHEN $3::text IS NULL THEN 0 ELSE attempts END
WHERE id = $1::uuid
