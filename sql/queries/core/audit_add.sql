-- Appends one audit entry; its hash is computed by a trigger.
-- :exec (
--     actor_kind text,
--     actor uuid?,
--     action text,
--     subject_type text,
--     subject text,
--     product text?,
--     siret text?,
--     detail text?,            -- JSON; NULL: {}
--     address text?,
--     request uuid?)
INSERT INTO audit (actor_kind, actor_id, action, subject_type, subject_id, product, siret, detail, address, request_id, hash)
VALUES ($1, $2::uuid, $3, $4, $5, $6, $7, coalesce($8, '{}')::jsonb, $9, $10::uuid, '')
