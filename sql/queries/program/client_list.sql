-- A page of the clients that an account sees: those of its organisations and of the products that it instructs, the last
-- one first.
-- :one (
--     account uuid,
--     relation text?,          -- responsible, asked or colleague; NULL: any
--     limit int4,
--     after_us int8?,          -- NULL: the first page
--     after_id uuid?)
-- -> document text
WITH page AS (
    SELECT c AS client, row_number() OVER (ORDER BY c.created_at DESC, c.id DESC) AS place,
           (extract(epoch FROM c.created_at) * 1000000)::bigint || '_' || c.id AS cursor
    FROM client c
    WHERE (c.siret IN (SELECT m.siret FROM membership m WHERE m.account_id = $1::uuid AND m.state = 'active')
           OR c.product IN (SELECT r.product FROM staff_roles() r WHERE r.account_id = $1::uuid))
      AND CASE WHEN $2::text IS NULL THEN client_relation(c.id, c.siret, c.product, $1::uuid) IS NOT NULL
               ELSE client_relation(c.id, c.siret, c.product, $1::uuid) = $2 END
      AND ($4::bigint IS NULL
           OR (c.created_at, c.id) < (timestamptz 'epoch' + $4::bigint * interval '1 microsecond', $5::uuid))
    ORDER BY c.created_at DESC, c.id DESC
    LIMIT $3::int + 1)
SELECT json_build_object(
    'items', coalesce(json_agg(client_json(p.client) ORDER BY p.place) FILTER (WHERE p.place <= $3::int), '[]'),
    'next_cursor', CASE WHEN count(*) > $3::int THEN max(p.cursor) FILTER (WHERE p.place = $3::int) END)::text AS document
FROM page p
