-- The whole document; who is in charge of it is told to the staff alone. $1 request, $2 who looks,
-- $3 is staff, $4 permissions
SELECT (request_json(r, $2::uuid, $3::boolean, $4::jsonb)
        || CASE WHEN $3::boolean THEN '{}' ELSE '{"assignee": null}' END::jsonb)::text AS document, r.version
FROM request r WHERE r.id = $1::uuid
