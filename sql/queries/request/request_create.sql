-- Adds a draft.
-- :one (product text, use_case text, form_version text, siret text,
--       account uuid,       -- the applicant
--       fields jsonb,
--       copied_from uuid?)  -- the request that it is a copy of
--     -> id uuid
INSERT INTO request (product, use_case, form_version, siret, applicant_id, fields, copied_from)
VALUES ($1, $2, $3, $4, $5::uuid, $6::jsonb, $7::uuid)
RETURNING id
