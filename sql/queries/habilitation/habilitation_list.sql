-- A page of habilitations, the latest first: those of the account and of its organisations, found by their
-- requests, and those that it sees as staff, read in their order.
-- :one (account uuid,
--       state text?,    -- active, superseded, revoked
--       product text?, siret text?, request uuid?, limit int8, after_us int8?, after_id uuid?)
--     -> document text
WITH page AS (
    SELECT * FROM habilitations_page($1::uuid, $2, $3, $4, $5::uuid, $6::bigint, $7::bigint, $8::uuid)
),
shown AS (SELECT * FROM page ORDER BY at DESC, id DESC LIMIT $6::bigint)
SELECT json_build_object(
    'items', coalesce((SELECT json_agg(habilitation_summary(h) ORDER BY s.at DESC, s.id DESC)
                       FROM shown s JOIN habilitation h ON h.id = s.id), '[]'),
    'next_cursor', CASE WHEN (SELECT count(*) FROM page) > $6::bigint
                        THEN (SELECT epoch_us(s.at) || '_' || s.id FROM shown s
                              ORDER BY s.at, s.id LIMIT 1) END)::text AS document
