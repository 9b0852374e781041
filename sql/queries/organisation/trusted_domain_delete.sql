DELETE FROM trusted_domain WHERE siret = $1 AND domain = $2
