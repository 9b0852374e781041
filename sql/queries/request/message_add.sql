-- Adds a message about a request.
-- :one (request uuid, account uuid, as_staff bool, body text) -> document text
INSERT INTO message AS m (request_id, author_id, as_staff, body) VALUES ($1::uuid, $2::uuid, $3::boolean, $4)
RETURNING json_build_object('id', m.id, 'body', m.body, 'author', person_json(m.author_id),
    'as_staff', m.as_staff, 'created_at', api_time(m.at), 'read', true)::text AS document
