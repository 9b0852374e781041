-- A new version of a client whose secrets changed.
-- :exec (client uuid)
UPDATE client SET version = version + 1 WHERE id = $1::uuid
