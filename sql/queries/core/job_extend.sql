-- Prolongs the claim of a job that still runs by five minutes from now, so that no other worker claims it.
-- :exec (job uuid)
UPDATE job SET run_at = now() + interval '5 minutes' WHERE id = $1::uuid
