-- The document of a token that the account sees.
-- :one (token uuid, account uuid?) -> token_document (document text, version int4)
SELECT token_json(t, s.relations)::text AS document, t.version
FROM token t,
     LATERAL token_relations(t.request_id, t.habilitation_id, t.product, t.siret, $2::uuid) s (relations)
WHERE t.id = $1::uuid AND s.relations <> '{}'
