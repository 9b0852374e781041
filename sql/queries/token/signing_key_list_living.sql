-- Everything a token may still be signed with, and the key that will sign next.
-- :many () -> signing_key_row (
--     kid text,
--     state text,       -- next, current, previous
--     public_pem text,
--     public_jwk text)  -- JSON
SELECT kid, state, public_pem, public_jwk::text AS public_jwk
FROM signing_key
WHERE state <> 'retired'
ORDER BY array_position(ARRAY['next', 'current', 'previous'], state), created_at DESC
