-- Ends a link by its use.
-- :exec (link uuid)
WITH used AS (UPDATE link SET used_at = now() WHERE id = $1::uuid RETURNING secret_hash, kind)
INSERT INTO spent_link (secret_hash, kind, ending) SELECT secret_hash, kind, 'used' FROM used
