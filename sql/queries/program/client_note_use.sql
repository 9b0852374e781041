-- Notes that a client was used.
-- :exec (client uuid)
UPDATE client SET last_used_at = now() WHERE id = $1::uuid
