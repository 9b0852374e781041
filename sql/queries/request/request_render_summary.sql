-- What a contact sees: of a request that was approved, what was granted.
-- :one (request uuid,
--       account uuid,          -- who looks
--       is_staff bool,
--       use_case_names jsonb)  -- {product: {use case: name}}
--     -> request_document
SELECT (request_row_json(r, o.name, account_json(a), NULL, unread_messages(r.id, $2::uuid, $3::boolean),
                         coalesce($4::jsonb #>> ARRAY[r.product, r.use_case], r.use_case))::jsonb
        || jsonb_build_object(
            'title', told.fields -> 'title', 'description', told.fields -> 'description', 'legal_basis', told.fields -> 'legal_basis',
            'scopes', told.fields -> 'scopes', 'recipients', told.fields -> 'recipients',
            'retention_months', told.fields -> 'retention_months'))::text AS document,
       r.version
FROM request r
JOIN organisation o ON o.siret = r.siret
JOIN account a ON a.id = r.applicant_id
CROSS JOIN LATERAL (SELECT fields_document(fields_in_force(r)) AS fields) told
WHERE r.id = $1::uuid
