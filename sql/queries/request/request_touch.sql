-- A file was attached or taken away, a person assigned. $1 request
UPDATE request SET version = version + 1, updated_at = now(), reminded_at = NULL WHERE id = $1::uuid
