-- Trusts a domain no longer.
-- :affected (siret text, domain text)
DELETE FROM trusted_domain WHERE siret = $1 AND domain = $2
