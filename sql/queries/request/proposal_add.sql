-- Keeps an approval that a second instructor has to confirm. It counts as a change of the request, so that nobody
-- confirms what they have not read.
-- :one (request uuid,
--       account uuid,           -- who proposes
--       granted_scopes jsonb,   -- JSON array
--       refused_scopes jsonb,
--       reason text?,
--       message text?)
--     -> proposal_document (
--       document text,
--       version int4)           -- of the request
WITH changed AS (
    UPDATE request SET version = version + 1, updated_at = now() WHERE id = $1::uuid RETURNING id, version
)
INSERT INTO request_proposal AS p (request_id, request_version, proposed_by, granted_scopes, refused_scopes, reason, message)
SELECT c.id, c.version, $2::uuid, ARRAY(SELECT jsonb_array_elements_text($3::jsonb)),
       ARRAY(SELECT jsonb_array_elements_text($4::jsonb)), $5, $6
FROM changed c
ON CONFLICT (request_id) DO UPDATE
SET request_version = excluded.request_version, proposed_by = excluded.proposed_by,
    granted_scopes = excluded.granted_scopes, refused_scopes = excluded.refused_scopes, reason = excluded.reason,
    message = excluded.message, at = now()
RETURNING proposal_json(p)::text AS document, p.request_version AS version
