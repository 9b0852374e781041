-- The older ones of the kind die. $1 kind, $2 account, $3 secret hash, $4 payload, $5 seconds
WITH dead AS (DELETE FROM link WHERE kind = $1 AND account_id = $2::uuid AND used_at IS NULL)
INSERT INTO link (kind, account_id, secret_hash, payload, expires_at)
VALUES ($1, $2::uuid, $3, $4::jsonb, now() + $5::int * interval '1 second')
