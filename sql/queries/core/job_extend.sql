-- Keeps a job that still runs from being claimed by another worker, for five more minutes. $1 id
UPDATE job SET run_at = now() + interval '5 minutes' WHERE id = $1::uuid
