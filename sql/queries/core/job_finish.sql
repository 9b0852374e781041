-- Deletes a job that is done.
-- :exec (job uuid)
DELETE FROM job WHERE id = $1::uuid
