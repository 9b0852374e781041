-- What is NULL stays. $1 template, $2 outcome, $3 name, $4 body, $5 who
UPDATE decision_template AS t
SET outcome = coalesce($2, t.outcome), name = coalesce($3, t.name), body = coalesce($4, t.body),
    version = t.version + 1, updated_by = $5::uuid, updated_at = now()
WHERE t.id = $1::uuid
RETURNING t.version, decision_template_json(t)::text AS document
