-- Asks a person to answer for a client that is locked. No row: they were asked, or do already.
-- :affected (client uuid, account uuid)
INSERT INTO client_person (client_id, account_id) VALUES ($1::uuid, $2::uuid)
ON CONFLICT (client_id, account_id) DO NOTHING
