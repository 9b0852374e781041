-- Deletes a webhook, and by cascade its secrets and attempts.
-- :exec (webhook uuid)
DELETE FROM webhook WHERE id = $1::uuid
