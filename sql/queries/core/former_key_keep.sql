-- Keeps a derived key of a former master key.
-- :exec (purpose text, id text, sealed text)
INSERT INTO former_key (purpose, id, sealed) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING
