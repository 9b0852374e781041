-- Puts values that were sealed anew where the former ones still stand: secrets of one-time codes.
-- :affected (values jsonb)     -- [{key, former, sealed}]
UPDATE second_factor t SET sealed_secret = convert_to(n.sealed, 'UTF8')
FROM jsonb_to_recordset($1::jsonb) AS n (key text, former text, sealed text)
WHERE t.account_id = n.key::uuid AND t.sealed_secret = convert_to(n.former, 'UTF8')
