-- The last first. $1 who looks, $2 state, $3 product, $4 siret, $5 request, $6 limit, $7 and $8 cursor
WITH page AS (
    SELECT h, h.approved_at AS at, h.id
    FROM habilitation h JOIN request r ON r.id = h.request_id
    WHERE ($3::text IS NULL OR h.product = $3)
      AND ($4::text IS NULL OR h.siret = $4)
      AND ($5::uuid IS NULL OR h.request_id = $5::uuid)
      -- As a CASE it counts for half of the rows, so that they are walked in their order and not sorted.
      AND CASE WHEN $2::text IS NULL OR habilitation_state_in(h, r) = $2 THEN true ELSE false END
      AND (r.applicant_id = $1::uuid
           OR r.siret IN (SELECT m.siret FROM membership m
                          WHERE m.account_id = $1::uuid AND m.state = 'active')
           OR r.product IN (SELECT s.product FROM staff_role s
                            WHERE s.account_id = $1::uuid AND s.product IS NOT NULL)
           OR EXISTS (SELECT FROM staff_role s WHERE s.account_id = $1::uuid AND s.role = 'admin'))
      AND ($7::bigint IS NULL
           OR (h.approved_at, h.id) < (timestamptz 'epoch' + $7::bigint * interval '1 microsecond', $8::uuid))
    ORDER BY h.approved_at DESC, h.id DESC LIMIT $6::bigint + 1
),
shown AS (SELECT * FROM page ORDER BY at DESC, id DESC LIMIT $6::bigint)
SELECT json_build_object(
    'items', coalesce((SELECT json_agg(habilitation_summary(s.h) ORDER BY s.at DESC, s.id DESC)
                       FROM shown s), '[]'),
    'next_cursor', CASE WHEN (SELECT count(*) FROM page) > $6::bigint
                        THEN (SELECT epoch_us(s.at) || '_' || s.id FROM shown s
                              ORDER BY s.at, s.id LIMIT 1) END)::text AS document
