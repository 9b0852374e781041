-- Keeps others from changing the request, and the ground on which its applicant acts, until the transaction ends.
-- :exec (request uuid)
SELECT lock_request($1::uuid)
