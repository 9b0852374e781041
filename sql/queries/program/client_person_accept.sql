-- Makes a person who was asked responsible for a client that is locked.
-- :affected (client uuid, account uuid)
UPDATE client_person SET accepted_at = now()
WHERE client_id = $1::uuid AND account_id = $2::uuid AND accepted_at IS NULL
