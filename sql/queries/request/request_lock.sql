-- Keeps others from changing the request until the transaction ends.
-- :exec (request uuid)
SELECT r.id FROM request r WHERE r.id = $1::uuid FOR UPDATE
