-- What the files of an organisation take, in bytes.
-- :one (siret text) -> bytes int8
SELECT coalesce((SELECT bytes FROM organisation_storage WHERE siret = $1::text), 0) AS bytes
