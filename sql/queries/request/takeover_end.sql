-- Ends the takeover of a request.
-- :exec (request uuid)
DELETE FROM request_takeover WHERE request_id = $1::uuid
