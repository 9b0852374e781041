-- $1 id
UPDATE account SET state = 'active', activated_at = now(), version = version + 1, updated_at = now()
WHERE id = $1::uuid AND state = 'pending'
