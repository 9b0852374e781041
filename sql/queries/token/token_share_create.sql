-- $1 token, $2 e-mail, $3 hash of the secret, $4 by whom
INSERT INTO token_share (token_id, email, secret_hash, created_by)
VALUES ($1::uuid, $2, $3, $4::uuid)
RETURNING id, token_share_json(token_share)::text AS document
