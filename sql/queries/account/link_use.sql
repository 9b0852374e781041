-- Ends a link.
-- :exec (link uuid)
UPDATE link SET used_at = now() WHERE id = $1::uuid
