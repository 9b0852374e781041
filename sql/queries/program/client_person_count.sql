-- How many persons answer for a client that is locked, or are asked to.
-- :one (client uuid) -> persons int8
SELECT count(*) AS persons FROM client_person WHERE client_id = $1::uuid
