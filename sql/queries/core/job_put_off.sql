-- $1 id, $2 seconds from now, $3 what went wrong (NULL: nothing, it is a recurring job)
UPDATE job SET run_at = now() + make_interval(secs => $2::int), last_error = $3,
               attempts = CASE WHEN $3::text IS NULL THEN 0 ELSE attempts END
WHERE id = $1::uuid
