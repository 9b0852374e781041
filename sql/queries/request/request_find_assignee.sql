-- Whether a request may be assigned to the account: an active instructor of its product whom it does not serve.
-- :one (request uuid, account uuid) -> request_assignee (is_instructor bool, has_conflict bool)
SELECT EXISTS (SELECT FROM staff_roles() s
               WHERE s.account_id = $2::uuid AND s.product = r.product
                 AND s.role IN ('instructor', 'manager')) AS is_instructor,
       request_conflict(r, $2::uuid) IS NOT NULL AS has_conflict
FROM request r WHERE r.id = $1::uuid
