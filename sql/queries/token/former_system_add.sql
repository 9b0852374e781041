-- Makes a former system known.
-- :exec (name text, issuer text?, sealed_secret text)
INSERT INTO former_system (name, issuer, sealed_secret) VALUES ($1, $2, $3)
