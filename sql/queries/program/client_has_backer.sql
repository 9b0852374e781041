-- Whether somebody answers for a client that is locked. Run after client_lock, as above.
-- :one (client uuid) -> is_backed bool
SELECT client_is_backed(c) AS is_backed FROM client c WHERE c.id = $1::uuid
