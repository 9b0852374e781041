-- A link by which a third party sees the string once.
-- :one (token uuid, email text, secret_hash text, account uuid)
--     -> token_share_created (id uuid, document text)
INSERT INTO token_share (token_id, email, secret_hash, created_by)
VALUES ($1::uuid, $2, $3, $4::uuid)
RETURNING id, token_share_json(token_share)::text AS document
