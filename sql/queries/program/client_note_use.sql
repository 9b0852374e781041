-- $1 client
UPDATE client SET last_used_at = now() WHERE id = $1::uuid
