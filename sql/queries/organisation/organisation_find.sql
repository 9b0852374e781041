SELECT siret, name, state FROM organisation WHERE siret = $1
