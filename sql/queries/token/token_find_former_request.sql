-- The request that had this number in a former system, locked, and what a token of it opens.
-- :opt (product text, number text) -> token_former_request (
--     request_id uuid,
--     habilitation_id uuid,
--     state text,
--     siret text,
--     scopes text,       -- JSON array
--     token_id uuid?)    -- that it has already
SELECT r.id AS request_id, h.id AS habilitation_id, r.state, r.siret, array_to_json(h.scopes)::text AS scopes, t.id AS token_id
FROM former_request f
JOIN request r ON r.id = f.request_id
JOIN habilitation h ON h.id = r.habilitation_id
LEFT JOIN token t ON t.request_id = r.id
WHERE f.product = $1 AND f.number = $2
FOR UPDATE OF r
