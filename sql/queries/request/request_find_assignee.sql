-- Whether a request of the product may be assigned to the account: an active instructor of it.
-- :one (product text, account uuid) -> may_instruct bool
SELECT EXISTS (SELECT FROM staff_roles() s
               WHERE s.account_id = $2::uuid AND s.product = $1
                 AND s.role IN ('instructor', 'manager')) AS may_instruct
