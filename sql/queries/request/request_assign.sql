-- $1 request, $2 account or NULL
UPDATE request SET assignee_id = $2::uuid, version = version + 1, updated_at = now() WHERE id = $1::uuid
