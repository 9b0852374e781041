-- What keeps a person from judging a request: see request_conflict.
-- :one (request uuid, account uuid) -> conflict text?
SELECT request_conflict(r, $2::uuid) AS conflict FROM request r WHERE r.id = $1::uuid
