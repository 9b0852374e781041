-- Locks an organisation while a person is attached to it, and gives its name, or the SIRET without one.
-- :one (siret text) -> name text
SELECT coalesce(name, siret) AS name FROM organisation WHERE siret = $1 FOR UPDATE
