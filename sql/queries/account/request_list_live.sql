-- The requests under way that a person carries, as one document, the oldest first: what a deletion of the account would leave
-- without an applicant.
-- :one (account uuid) -> document text  -- [{id, number, state, siret, title}]
SELECT coalesce(json_agg(json_build_object('id', r.id, 'number', 'D' || r.number, 'state', r.state, 'siret', r.siret,
                                           'title', r.fields ->> 'title') ORDER BY r.number), '[]')::text AS document
FROM request r
WHERE r.applicant_id = $1::uuid AND r.state IN ('draft', 'submitted', 'changes_requested', 'approved')
  AND r.siret = ANY (applicant_sirets($1::uuid))
