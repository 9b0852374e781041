-- Locks a template that is going to change.
-- :one (product text, template uuid) -> version int4
SELECT t.version FROM decision_template t WHERE t.product = $1 AND t.id = $2::uuid FOR UPDATE
