-- Activates an account that waits for it.
-- :exec (account uuid)
UPDATE account SET state = 'active', activated_at = now(), version = version + 1, updated_at = now()
WHERE id = $1::uuid AND state = 'pending'
