-- The tokens that an account sees, the newest first.
-- :one (account uuid?, state text?, product text?, siret text?, request uuid?,
--       limit int8, after_us int8?, after_id uuid?) -> document text
WITH page AS (
    SELECT s.*, row_number() OVER (ORDER BY s.created_at DESC, s.id DESC) AS place
    FROM tokens_shown($1::uuid, tokens_found($1::uuid, $2, $3, $4, $5::uuid, $6::bigint + 1, $7::bigint, $8::uuid)) s
)
SELECT json_build_object(
    'items', coalesce(json_agg(p.document ORDER BY p.place) FILTER (WHERE p.place <= $6::bigint), '[]'),
    'next_cursor', CASE WHEN count(*) > $6::bigint
                        THEN max(epoch_us(p.created_at) || '_' || p.id) FILTER (WHERE p.place = $6::bigint) END)::text AS document
FROM page p
