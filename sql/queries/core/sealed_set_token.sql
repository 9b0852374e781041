-- Puts values that were sealed anew where the former ones still stand: strings of tokens.
-- :affected (values jsonb)     -- [{key, former, sealed}]
UPDATE token t SET sealed_jwt = n.sealed
FROM jsonb_to_recordset($1::jsonb) AS n (key text, former text, sealed text)
WHERE t.id = n.key::uuid AND t.sealed_jwt = n.former
