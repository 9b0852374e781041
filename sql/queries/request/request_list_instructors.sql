-- Who is told of a submission, unless they would rather not. $1 product
SELECT a.id, a.email
FROM account a
WHERE a.state = 'active'
  AND EXISTS (SELECT FROM staff_role s WHERE s.account_id = a.id AND s.product = $1
                AND s.role IN ('instructor', 'manager'))
  AND coalesce((a.notifications ->> 'new_submission')::boolean, true)
ORDER BY a.email
