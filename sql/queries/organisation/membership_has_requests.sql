-- Whether requests under way would lose their applicant.
-- :one (account uuid, siret text) -> has_requests bool
SELECT EXISTS (SELECT FROM request WHERE applicant_id = $1::uuid AND siret = $2
                 AND state IN ('draft', 'submitted', 'changes_requested', 'approved')) AS has_requests
