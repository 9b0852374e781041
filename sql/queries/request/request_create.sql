-- Adds a draft, unless the account has as many that were never submitted.
-- :opt (product text, use_case text, form_version text, siret text,
--       account uuid,       -- the applicant
--       fields jsonb,
--       copied_from uuid?,  -- the request that it is a copy of
--       drafts_max int8)
--     -> id uuid
INSERT INTO request (product, use_case, form_version, siret, applicant_id, fields, copied_from)
SELECT $1, $2, $3, $4, $5::uuid, $6::jsonb, $7::uuid
WHERE (SELECT count(*) FROM request
       WHERE applicant_id = $5::uuid AND state = 'draft' AND first_submitted_at IS NULL) < $8::bigint
RETURNING id
