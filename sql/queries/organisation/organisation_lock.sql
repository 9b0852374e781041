-- Whoever attaches a person holds this row until the commit.
SELECT siret, name, state FROM organisation WHERE siret = $1 FOR UPDATE
