-- An organisation, for its members whatever their state, and for support: schema Organisation of openapi.yaml.
-- :one (siret text, account uuid?,
--       sees_all bool,
--       client_siret text?)  -- the only one that a client may see
-- -> organisation_document (
--     document text,
--     version int4)
SELECT organisation_json(o)::text AS document, o.version
FROM organisation o
WHERE o.siret = $1 AND ($4::text IS NULL OR o.siret = $4::text)
  AND ($3::boolean OR EXISTS (SELECT FROM membership m WHERE m.siret = o.siret AND m.account_id = $2::uuid
                                AND m.state NOT IN ('pending', 'left')))
