-- Puts values that were sealed anew where the former ones still stand: pieces of exported files.
-- :affected (values jsonb)     -- [{key, former, sealed}]
UPDATE export_chunk t SET sealed = n.sealed
FROM jsonb_to_recordset($1::jsonb) AS n (key text, former text, sealed text)
WHERE t.export_id = (n.key::jsonb ->> 0)::uuid AND t.place = (n.key::jsonb ->> 1)::int AND t.sealed = n.former
