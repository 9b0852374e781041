-- Puts values that were sealed anew where the former ones still stand: private keys of the tokens.
-- :affected (values jsonb)     -- [{key, former, sealed}]
UPDATE signing_key t SET sealed_private_pem = n.sealed
FROM jsonb_to_recordset($1::jsonb) AS n (key text, former text, sealed text)
WHERE t.kid = n.key AND t.sealed_private_pem = n.former
