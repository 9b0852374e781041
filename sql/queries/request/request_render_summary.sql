-- What a contact sees: of a reopened request, what was granted.
-- :one (request uuid,
--       account uuid,          -- who looks
--       is_staff bool,
--       use_case_names jsonb)  -- {product: {use case: name}}
--     -> request_document
SELECT (request_row_json(r, o.name, account_json(a), NULL, unread_messages(r.id, $2::uuid, $3::boolean),
                         coalesce($4::jsonb #>> ARRAY[r.product, r.use_case], r.use_case))::jsonb
        || jsonb_build_object(
            'description', told.fields -> 'description', 'legal_basis', told.fields -> 'legal_basis',
            'scopes', told.fields -> 'scopes', 'recipients', told.fields -> 'recipients',
            'retention_months', told.fields -> 'retention_months'))::text AS document,
       r.version
FROM request r
JOIN organisation o ON o.siret = r.siret
JOIN account a ON a.id = r.applicant_id
LEFT JOIN habilitation h ON h.id = r.habilitation_id AND r.reopened
CROSS JOIN LATERAL (SELECT fields_document(coalesce(h.snapshot -> 'fields', r.fields)) AS fields) told
WHERE r.id = $1::uuid
