-- Keeps what support decided about a domain, as evidence for later cases.
-- :exec (siret text, domain text, outcome text, reason text?)
INSERT INTO membership_resolution (siret, domain, outcome, reason) VALUES ($1, $2, $3, $4)
