-- The members of an organisation, oldest first.
-- :one (siret text, state text?, viewer uuid?,
--       is_support bool,  -- sees suspended and refused ones too, and why
--       limit int4, after_us int8?, after_id uuid?) -> document text
WITH page AS (
    SELECT m AS membership, m.account_id, row_number() OVER (ORDER BY m.created_at, m.id) AS place,
           (extract(epoch FROM m.created_at) * 1000000)::bigint || '_' || m.id AS cursor
    FROM membership m JOIN account a ON a.id = m.account_id
    WHERE m.siret = $1 AND a.state = 'active'
      AND (m.state IN ('active', 'external') OR ($4::boolean AND m.state IN ('suspended', 'refused')))
      AND ($2::text IS NULL OR m.state = $2::text)
      AND ($6::bigint IS NULL
           OR (m.created_at, m.id) > (timestamptz 'epoch' + $6::bigint * interval '1 microsecond', $7::uuid))
    ORDER BY m.created_at, m.id
    LIMIT $5::int + 1)
SELECT json_build_object(
    'items', coalesce(json_agg(membership_json(p.membership, $4::boolean OR p.account_id = $3::uuid) ORDER BY p.place)
                      FILTER (WHERE p.place <= $5::int), '[]'),
    'next_cursor', CASE WHEN count(*) > $5::int THEN max(p.cursor) FILTER (WHERE p.place = $5::int) END)::text AS document
FROM page p
