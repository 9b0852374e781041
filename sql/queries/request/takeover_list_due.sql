-- Requests whose takeover happens or ends now: nobody objected in time, the applicant is gone, or it is over.
-- :many (limit int4) -> request_id uuid
SELECT t.request_id
FROM request_takeover t JOIN request r ON r.id = t.request_id
WHERE t.due_at <= now()
   OR r.siret <> ALL (applicant_sirets(r.applicant_id))
   OR NOT EXISTS (SELECT FROM living_takeover(r))
ORDER BY t.due_at
LIMIT $1::int
