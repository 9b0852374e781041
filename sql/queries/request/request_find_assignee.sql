-- Whether a request of the product may be assigned to the account: an active instructor of it.
-- :one (product text, account uuid) -> may_instruct bool
SELECT EXISTS (SELECT FROM account a JOIN staff_role s ON s.account_id = a.id
               WHERE a.id = $2::uuid AND a.state = 'active' AND s.product = $1
                 AND s.role IN ('instructor', 'manager')) AS may_instruct
