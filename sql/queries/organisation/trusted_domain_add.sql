-- Trusts a domain; no row where it is trusted already.
-- :opt (siret text, domain text, account uuid) -> document text  -- schema TrustedDomain of openapi.yaml
INSERT INTO trusted_domain (siret, domain, added_by) VALUES ($1, $2, $3::uuid) ON CONFLICT DO NOTHING
RETURNING json_build_object('domain', domain, 'added_by', person_json(added_by), 'added_at', api_time(added_at))::text AS document
