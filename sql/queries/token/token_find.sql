-- What an account may do with a token, for reading.
-- :one (token uuid, account uuid?) -> token_access (
--     id uuid,
--     request_id uuid,
--     product text,
--     siret text,
--     rights text,  -- what the account may do, separated by blanks, whatever the state
--     state text)   -- active, expired, revoked
SELECT t.id, t.request_id, t.product, t.siret, array_to_string(token_rights(s.relations), ' ') AS rights,
       token_state(t.revoked_at, t.expires_at) AS state
FROM token t,
     LATERAL token_relations(t.request_id, t.habilitation_id, t.product, t.siret, $2::uuid) s (relations)
WHERE t.id = $1::uuid AND s.relations <> '{}'
