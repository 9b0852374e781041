-- $1 kid, $2 state, $3 public JWK, $4 public PEM, $5 sealed private PEM
INSERT INTO signing_key (kid, state, public_jwk, public_pem, sealed_private_pem, current_at)
VALUES ($1, $2, $3::jsonb, $4, $5, CASE WHEN $2 = 'current' THEN now() END)
