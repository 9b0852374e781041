-- Counts as a change of the request: one of its files was added or removed.
-- :exec (request uuid)
UPDATE request SET version = version + 1, updated_at = now(), reminded_at = NULL WHERE id = $1::uuid
