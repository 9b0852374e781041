-- Replaces what an edit changed.
-- :exec (event uuid, detail jsonb)
UPDATE request_event SET detail = $2::jsonb, at = now() WHERE id = $1::uuid
