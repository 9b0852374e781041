-- Requests under way that would be left without applicant. $1 account, $2 siret
SELECT EXISTS (SELECT FROM request WHERE applicant_id = $1::uuid AND siret = $2
                 AND state IN ('draft', 'submitted', 'changes_requested', 'approved')) AS answer
