-- $1 event, $2 detail
UPDATE request_event SET detail = $2::jsonb, at = now() WHERE id = $1::uuid
