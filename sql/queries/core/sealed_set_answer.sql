-- Puts values that were sealed anew where the former ones still stand: answers kept for an Idempotency-Key.
-- :affected (values jsonb)     -- [{key, former, sealed}]
UPDATE idempotency_key t SET body = n.sealed
FROM jsonb_to_recordset($1::jsonb) AS n (key text, former text, sealed text)
WHERE t.actor_id = (n.key::jsonb ->> 0) AND t.path = (n.key::jsonb ->> 1) AND t.key = (n.key::jsonb ->> 2) AND t.body = n.former
