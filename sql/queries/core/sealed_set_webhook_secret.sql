-- Puts values that were sealed anew where the former ones still stand: secrets of webhooks.
-- :affected (values jsonb)     -- [{key, former, sealed}]
UPDATE webhook_secret t SET sealed_secret = n.sealed
FROM jsonb_to_recordset($1::jsonb) AS n (key text, former text, sealed text)
WHERE t.id = n.key::uuid AND t.sealed_secret = n.former
