-- Ends a membership by the wish of its person.
-- :exec (membership uuid)
UPDATE membership SET state = 'left', ground = NULL, reported_at = NULL, version = version + 1, updated_at = now()
WHERE id = $1::uuid
