-- $1 client
UPDATE client SET version = version + 1 WHERE id = $1::uuid
