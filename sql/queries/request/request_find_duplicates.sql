-- Requests of the same organisation for the same use case and scopes that are still alive. $1 request
SELECT coalesce(json_agg(json_build_object('id', o.id, 'number', 'D' || o.number, 'state', o.state)
                         ORDER BY o.number), '[]')::text AS requests
FROM request r
JOIN request o ON o.siret = r.siret AND o.product = r.product AND o.use_case = r.use_case AND o.id <> r.id
WHERE r.id = $1::uuid
  AND o.first_submitted_at IS NOT NULL
  AND o.state IN ('draft', 'submitted', 'changes_requested', 'approved')
  AND o.fields -> 'scopes' @> (r.fields -> 'scopes') AND o.fields -> 'scopes' <@ (r.fields -> 'scopes')
