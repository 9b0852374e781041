-- Adds a template of a decision's text.
-- :one (product text, outcome text, name text, body text, account uuid) -> decision_template_row (
--     id uuid,
--     version int4,
--     document text)
INSERT INTO decision_template AS t (product, outcome, name, body, updated_by)
VALUES ($1, $2, $3, $4, $5::uuid)
RETURNING t.id, t.version, decision_template_json(t)::text AS document
