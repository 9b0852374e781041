-- A page of habilitations, the latest first: those of the account and of its organisations, found by their
-- requests, and those that it sees as staff, read in their order.
-- :one (account uuid,
--       state text?,    -- active, superseded, revoked
--       product text?, siret text?, request uuid?, limit int8, after_us int8?, after_id uuid?)
--     -> document text
WITH page AS (
    (SELECT h.id, h.approved_at AS at FROM habilitations_found($2, $3, $4, $5::uuid, $7::bigint, $8::uuid) h
     WHERE h.request_id = ANY (ARRAY(
         SELECT r.id FROM request r
         WHERE (r.applicant_id = $1::uuid AND r.siret = ANY (applicant_sirets($1::uuid)))
            OR r.siret = ANY (ARRAY(SELECT m.siret FROM membership m
                                    WHERE m.account_id = $1::uuid AND m.state = 'active'))))
     ORDER BY h.approved_at DESC, h.id DESC LIMIT $6::bigint + 1)
    UNION
    (SELECT h.id, h.approved_at AS at FROM habilitations_found($2, $3, $4, $5::uuid, $7::bigint, $8::uuid) h
     WHERE (SELECT EXISTS (SELECT FROM staff_roles() s WHERE s.account_id = $1::uuid))
       AND (h.product = ANY (ARRAY(SELECT s.product FROM staff_roles() s
                                   WHERE s.account_id = $1::uuid AND s.product IS NOT NULL))
            OR (SELECT EXISTS (SELECT FROM staff_roles() s WHERE s.account_id = $1::uuid AND s.role = 'admin')))
     ORDER BY h.approved_at DESC, h.id DESC LIMIT $6::bigint + 1)
    ORDER BY at DESC, id DESC LIMIT $6::bigint + 1
),
shown AS (SELECT * FROM page ORDER BY at DESC, id DESC LIMIT $6::bigint)
SELECT json_build_object(
    'items', coalesce((SELECT json_agg(habilitation_summary(h) ORDER BY s.at DESC, s.id DESC)
                       FROM shown s JOIN habilitation h ON h.id = s.id), '[]'),
    'next_cursor', CASE WHEN (SELECT count(*) FROM page) > $6::bigint
                        THEN (SELECT epoch_us(s.at) || '_' || s.id FROM shown s
                              ORDER BY s.at, s.id LIMIT 1) END)::text AS document
