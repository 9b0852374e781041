-- The name of an organisation.
-- :one (siret text) -> name text?  -- NULL: the directory has not answered yet
SELECT name FROM organisation WHERE siret = $1
