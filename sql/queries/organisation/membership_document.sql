-- A membership: schema Membership of openapi.yaml.
-- :one (membership uuid,
--       with_reason bool)  -- what support wrote about it
-- -> membership_document (
--     document text,
--     version int4)
SELECT membership_json(m, $2::boolean)::text AS document, m.version FROM membership m WHERE m.id = $1::uuid
