-- The mail of a conversation that was due leaves now. Writes nothing where none is due.
-- :affected (request uuid, as_staff bool)
UPDATE conversation SET mailed_at = now(), due_at = NULL
WHERE request_id = $1::uuid AND as_staff = $2::boolean AND due_at IS NOT NULL
