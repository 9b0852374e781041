-- Who gets a mail about a submission, or about an approval that waits for a second instructor, unless they opted out: the
-- instructors of the product whom the request does not serve, and who do not propose the approval.
-- :many (request uuid) -> mail_recipient
SELECT a.id AS account_id, a.email
FROM request r, account a
WHERE r.id = $1::uuid AND account_is_active(a)
  AND EXISTS (SELECT FROM staff_roles() s WHERE s.account_id = a.id AND s.product = r.product
                AND s.role IN ('instructor', 'manager'))
  AND coalesce((a.notifications ->> 'new_submission')::boolean, true)
  AND request_conflict(r, a.id) IS NULL
  AND NOT EXISTS (SELECT FROM living_proposal(r) p WHERE a.id = p.proposed_by)
ORDER BY a.email
