-- Adds a message about a request.
-- :one (request uuid, account uuid, as_staff bool, body text,
--       awaits_mail bool)  -- until message_take_unmailed
--     -> document text
INSERT INTO message AS m (request_id, author_id, as_staff, body, awaits_mail)
VALUES ($1::uuid, $2::uuid, $3::boolean, $4, $5::boolean)
RETURNING json_build_object('id', m.id, 'body', m.body, 'author', person_json(m.author_id),
    'as_staff', m.as_staff, 'created_at', api_time(m.at), 'read', true)::text AS document
