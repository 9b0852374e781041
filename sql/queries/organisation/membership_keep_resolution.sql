-- $1 siret, $2 domain, $3 outcome, $4 reason
INSERT INTO membership_resolution (siret, domain, outcome, reason) VALUES ($1, $2, $3, $4)
