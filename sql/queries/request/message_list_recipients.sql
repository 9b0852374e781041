-- Who is told of a message, unless they would rather not: the applicant, of the staff's; of the applicant's,
-- the instructor who has the file in hand, else each of the product. $1 request, $2 by the staff, $3 author
WITH reader AS (
    SELECT r.applicant_id AS id FROM request r WHERE r.id = $1::uuid AND $2::boolean
    UNION ALL
    SELECT s.account_id FROM request r
    JOIN staff_role s ON s.product = r.product AND s.role IN ('instructor', 'manager')
    WHERE r.id = $1::uuid AND NOT $2::boolean
      AND (s.account_id = r.assignee_id
           OR NOT EXISTS (SELECT FROM staff_role t
                          WHERE t.account_id = r.assignee_id AND t.product = r.product
                            AND t.role IN ('instructor', 'manager')))
)
SELECT a.id, a.email
FROM account a
WHERE a.id IN (SELECT id FROM reader)
  AND a.id <> $3::uuid AND a.state = 'active'
  AND coalesce((a.notifications ->> 'message')::boolean, true)
ORDER BY a.email
