-- Puts values that were sealed anew where the former ones still stand: secrets of former systems.
-- :affected (values jsonb)     -- [{key, former, sealed}]
UPDATE former_system t SET sealed_secret = n.sealed
FROM jsonb_to_recordset($1::jsonb) AS n (key text, former text, sealed text)
WHERE t.name = n.key AND t.sealed_secret = n.former
