-- What an account may do with a token, for reading. $1 token, $2 account
SELECT t.id, t.request_id, t.product, t.siret, s.relations::text AS relations,
       array_to_string(token_rights(s.relations), ' ') AS rights,
       token_state(t.revoked_at, t.expires_at) AS state
FROM token t,
     LATERAL token_relations(t.request_id, t.habilitation_id, t.product, t.siret, $2::uuid) s (relations)
WHERE t.id = $1::uuid AND s.relations <> '{}'
