-- $1 id, $2 email, $3 key
UPDATE account SET email = $2, email_key = $3, version = version + 1, updated_at = now() WHERE id = $1::uuid
