-- Adds an export. ERR_CONFLICT (export_one_at_a_time_uq) while another one of the account is made.
-- :one (account uuid, kind text, format text, token uuid?, filters jsonb, hours int4) -> export_created (
--     id uuid,
--     document text)
INSERT INTO export AS e (account_id, kind, format, token_id, filters, expires_at)
VALUES ($1::uuid, $2, $3, $4::uuid, $5::jsonb, now() + make_interval(hours => $6::int))
RETURNING e.id, export_json(e)::text AS document
