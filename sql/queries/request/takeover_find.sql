-- The takeover of a request, and who asked for it.
-- :opt (request uuid) -> takeover_row (
--     asked_by uuid,
--     email text,
--     given_name text,
--     family_name text,
--     lives bool,              -- see living_takeover
--     is_due bool)
SELECT t.asked_by, a.email, a.given_name, a.family_name,
       EXISTS (SELECT FROM living_takeover(r)) AS lives, t.due_at <= now() AS is_due
FROM request_takeover t JOIN request r ON r.id = t.request_id JOIN account a ON a.id = t.asked_by
WHERE t.request_id = $1::uuid
