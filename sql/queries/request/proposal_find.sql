-- The approval of a request that waits for a second instructor, and who proposed it.
-- :one (request uuid) -> proposal_row (
--     proposed_by uuid,
--     email text,
--     given_name text,
--     granted_scopes text,  -- JSON array
--     reason text?,
--     message text?)
SELECT p.proposed_by, a.email, a.given_name, to_json(p.granted_scopes)::text AS granted_scopes, p.reason, p.message
FROM request r CROSS JOIN LATERAL living_proposal(r) p JOIN account a ON a.id = p.proposed_by
WHERE r.id = $1::uuid
