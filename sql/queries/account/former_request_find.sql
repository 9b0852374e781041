-- What was taken over under the number of a former system.
-- :opt (product text, number text,
--       content text)  -- see former_request_claim
--     -> former_request_row (
--     request_id uuid,
--     habilitation_id uuid!,
--     state text,
--     siret text,
--     email_key text,         -- of the applicant
--     scopes text,            -- JSON array
--     fields text,            -- JSON, as granted
--     is_same bool,           -- it was taken over from the same content
--     has_token bool)
SELECT f.request_id, r.habilitation_id, r.state, r.siret, a.email_key, array_to_json(h.scopes)::text AS scopes,
       (h.snapshot -> 'fields')::text AS fields, f.digest = sha256(convert_to($3, 'UTF8')) AS is_same,
       EXISTS (SELECT FROM token t WHERE t.request_id = r.id) AS has_token
FROM former_request f
JOIN request r ON r.id = f.request_id
JOIN account a ON a.id = r.applicant_id
JOIN habilitation h ON h.id = r.habilitation_id
WHERE f.product = $1 AND f.number = $2
