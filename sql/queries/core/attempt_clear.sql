-- Forgets the tries of a key.
-- :exec (key bytea)
DELETE FROM attempt WHERE key = $1
