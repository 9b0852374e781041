-- A new version of a webhook whose secrets changed.
-- :exec (webhook uuid)
UPDATE webhook SET version = version + 1, updated_at = now() WHERE id = $1::uuid
