-- What a contact sees. $1 request, $2 who looks, $3 is staff, $4 names of the use cases by product
SELECT request_summary(r, $2::uuid, $3::boolean, $4::jsonb)::text AS document, r.version
FROM request r WHERE r.id = $1::uuid
