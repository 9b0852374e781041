-- Puts values that were sealed anew where the former ones still stand: keys kept of former master keys.
-- :affected (values jsonb)     -- [{key, former, sealed}]
UPDATE former_key t SET sealed = n.sealed
FROM jsonb_to_recordset($1::jsonb) AS n (key text, former text, sealed text)
WHERE t.purpose = (n.key::jsonb ->> 0) AND t.id = (n.key::jsonb ->> 1) AND t.sealed = n.former
