-- Takes a person off a client that is locked.
-- :exec (client uuid, account uuid)
DELETE FROM client_person WHERE client_id = $1::uuid AND account_id = $2::uuid
