-- Creates a link; it replaces the unused ones of its kind and account.
-- :exec (kind text, account uuid, secret_hash bytea,
--        payload jsonb,        -- {email, email_key} of an address that is to be confirmed
--        lives_s int4)
WITH dead AS (
    DELETE FROM link WHERE kind = $1 AND account_id = $2::uuid AND used_at IS NULL RETURNING secret_hash
), spent AS (
    INSERT INTO spent_link (secret_hash, kind, ending, replaced_by) SELECT secret_hash, $1, 'replaced', $3 FROM dead
)
INSERT INTO link (kind, account_id, secret_hash, payload, expires_at)
VALUES ($1, $2::uuid, $3, $4::jsonb, now() + $5::int * interval '1 second')
