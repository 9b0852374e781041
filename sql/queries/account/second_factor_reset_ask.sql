-- Asks for the removal of a second factor. Without a row: it was asked for before.
-- :opt (account uuid, reason text, asked_by uuid, wait_s int4) -> second_factor_reset_document (
--     document text,
--     due_on text)             -- as people write it
INSERT INTO second_factor_reset AS r (account_id, reason, asked_by, due_at)
VALUES ($1::uuid, $2, $3::uuid, now() + $4::int * interval '1 second')
ON CONFLICT (account_id) DO NOTHING
RETURNING second_factor_reset_json(r)::text AS document,
          paris_time(r.due_at) AS due_on
