-- The whole document; whom the request is assigned to is told to the staff alone.
-- :one (request uuid,
--       account uuid,       -- who looks
--       is_staff bool,
--       permissions jsonb)  -- names of the acts that they may do now
--     -> request_document (document text, version int4)
SELECT (request_json(r, $2::uuid, $3::boolean, $4::jsonb)
        || CASE WHEN $3::boolean THEN '{}' ELSE '{"assignee": null}' END::jsonb)::text AS document, r.version
FROM request r WHERE r.id = $1::uuid
