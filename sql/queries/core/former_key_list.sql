-- The keys kept for a purpose, of former master keys.
-- :many (purpose text) -> former_key (id text, sealed text)
SELECT id, sealed FROM former_key WHERE purpose = $1 ORDER BY kept_at DESC, id
