-- Adds a key; its private part is sealed.
-- :exec (kid text, state text, public_jwk jsonb, public_pem text, sealed_private_pem text)
INSERT INTO signing_key (kid, state, public_jwk, public_pem, sealed_private_pem, current_at)
VALUES ($1, $2, $3::jsonb, $4, $5, CASE WHEN $2 = 'current' THEN now() END)
