-- Puts values that were sealed anew where the former ones still stand: mails that wait.
-- :affected (values jsonb)     -- [{key, former, sealed}]
UPDATE outbox t SET sealed = n.sealed
FROM jsonb_to_recordset($1::jsonb) AS n (key text, former text, sealed text)
WHERE t.id = n.key::uuid AND t.sealed = n.former
