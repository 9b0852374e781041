-- Changes a template; NULL leaves a member as it is.
-- :one (template uuid, outcome text?, name text?, body text?, account uuid) -> decision_template_row
UPDATE decision_template AS t
SET outcome = coalesce($2, t.outcome), name = coalesce($3, t.name), body = coalesce($4, t.body),
    version = t.version + 1, updated_by = $5::uuid, updated_at = now()
WHERE t.id = $1::uuid
RETURNING t.id, t.version, decision_template_json(t)::text AS document
