-- $1 product, $2 outcome, $3 name, $4 body, $5 who
INSERT INTO decision_template AS t (product, outcome, name, body, updated_by)
VALUES ($1, $2, $3, $4, $5::uuid)
RETURNING t.id, t.version, decision_template_json(t)::text AS document
