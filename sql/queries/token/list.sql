-- The tokens that an account sees, the newest first. $1 account, $2 state, $3 product, $4 siret,
-- $5 request (each or NULL), $6 limit, $7 and $8 cursor (microseconds, id) or NULL
WITH seen AS (
    SELECT t AS token, t.id, t.created_at,
           token_relations(t.request_id, t.habilitation_id, t.product, t.siret, $1::uuid) AS relations
    FROM token t
    WHERE ($2::text IS NULL OR token_state(t.revoked_at, t.expires_at) = $2)
      AND ($3::text IS NULL OR t.product = $3)
      AND ($4::text IS NULL OR t.siret = $4)
      AND ($5::uuid IS NULL OR t.request_id = $5::uuid)
      AND ($7::bigint IS NULL
           OR (t.created_at, t.id) < (timestamptz 'epoch' + $7::bigint * interval '1 microsecond', $8::uuid))
), page AS (
    SELECT s.*, row_number() OVER (ORDER BY s.created_at DESC, s.id DESC) AS place,
           (extract(epoch FROM s.created_at) * 1000000)::bigint || '_' || s.id AS cursor
    FROM seen s
    WHERE s.relations <> '{}'
    ORDER BY s.created_at DESC, s.id DESC
    LIMIT $6::int + 1)
SELECT json_build_object(
    'items', coalesce(json_agg(token_json(p.token, p.relations) ORDER BY p.place)
                      FILTER (WHERE p.place <= $6::int), '[]'),
    'next_cursor', CASE WHEN count(*) > $6::int THEN max(p.cursor) FILTER (WHERE p.place = $6::int) END)::text AS document
FROM page p
