-- Who gets a mail about a message, unless they opted out: the applicant, where still entitled to act, of a message by
-- the staff; of one by the applicant, the instructor that the request is assigned to, else every instructor of the
-- product. None whom the request serves.
-- :many (request uuid,
--        as_staff bool,
--        account uuid)  -- an author, who gets none
--     -> mail_recipient (account_id uuid, email text)
WITH reader AS (
    SELECT r.applicant_id AS id FROM request r WHERE r.id = $1::uuid AND $2::boolean AND r.siret = ANY (applicant_sirets(r.applicant_id))
    UNION ALL
    SELECT s.account_id FROM request r
    JOIN staff_roles() s ON s.product = r.product AND s.role IN ('instructor', 'manager')
    WHERE r.id = $1::uuid AND NOT $2::boolean AND request_conflict(r, s.account_id) IS NULL
      AND (s.account_id = r.assignee_id
           OR NOT EXISTS (SELECT FROM staff_roles() t
                          WHERE t.account_id = r.assignee_id AND t.product = r.product
                            AND t.role IN ('instructor', 'manager')
                            AND request_conflict(r, t.account_id) IS NULL))
)
SELECT a.id AS account_id, a.email
FROM account a
WHERE a.id IN (SELECT id FROM reader)
  AND a.id <> $3::uuid AND account_is_active(a)
  AND coalesce((a.notifications ->> 'message')::boolean, true)
ORDER BY a.email
