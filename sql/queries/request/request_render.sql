-- The whole document; whom the request is assigned to, and an approval that waits for a second instructor, are told to the staff alone, and to those of the staff whom it
-- serves that it does.
-- :one (request uuid,
--       account uuid,       -- who looks
--       is_staff bool,
--       permissions jsonb,  -- names of the acts that they may do now
--       conflict text?)     -- of somebody of the staff: see request_conflict
--     -> request_document (document text, version int4)
SELECT (request_json(r, $2::uuid, $3::boolean, $4::jsonb)
        || CASE WHEN $3::boolean THEN '{}' ELSE '{"assignee": null}' END::jsonb
        || jsonb_build_object('conflict', $5::text,
                              'proposal', CASE WHEN $3::boolean THEN (SELECT proposal_json(p) FROM living_proposal(r) p) END))::text AS document, r.version
FROM request r WHERE r.id = $1::uuid
