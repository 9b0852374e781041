-- What a contact sees. $1 request, $2 who looks, $3 is staff, $4 names of the use cases by product
SELECT request_row_json(r, o.name, account_json(a), NULL, unread_messages(r.id, $2::uuid, $3::boolean),
                        coalesce($4::jsonb #>> ARRAY[r.product, r.use_case], r.use_case))::text AS document,
       r.version
FROM request r
JOIN organisation o ON o.siret = r.siret
JOIN account a ON a.id = r.applicant_id
WHERE r.id = $1::uuid
