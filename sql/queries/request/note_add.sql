-- Adds a private note of the staff.
-- :one (request uuid, account uuid, body text) -> document text
INSERT INTO note AS n (request_id, author_id, body) VALUES ($1::uuid, $2::uuid, $3)
RETURNING json_build_object('id', n.id, 'body', n.body, 'author', person_json(n.author_id),
                            'created_at', api_time(n.at))::text AS document
