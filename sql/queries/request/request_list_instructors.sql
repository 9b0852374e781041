-- Who gets a mail about a submission, unless they opted out: the instructors of the product.
-- :many (product text) -> mail_recipient
SELECT a.id AS account_id, a.email
FROM account a
WHERE account_is_active(a)
  AND EXISTS (SELECT FROM staff_roles() s WHERE s.account_id = a.id AND s.product = $1
                AND s.role IN ('instructor', 'manager'))
  AND coalesce((a.notifications ->> 'new_submission')::boolean, true)
ORDER BY a.email
