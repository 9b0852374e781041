-- Keeps that the applicant was reminded, once. Neither version nor date of change move: the request is the
-- same.
-- :affected (request uuid)
UPDATE request SET reminded_at = now() WHERE id = $1::uuid AND reminded_at IS NULL
