-- The organisations of an account, by SIRET.
-- :one (account uuid?, sees_all bool, limit int4, after text?,
--       client_siret text?)  -- the only one that a client may see
-- -> document text
WITH page AS (
    SELECT o AS organisation, o.siret, row_number() OVER (ORDER BY o.siret) AS place
    FROM organisation o
    WHERE ($2::boolean OR EXISTS (SELECT FROM membership m WHERE m.siret = o.siret
                                    AND m.account_id = $1::uuid AND m.state NOT IN ('pending', 'left')))
      AND ($4::text IS NULL OR o.siret > $4::text)
      AND ($5::text IS NULL OR o.siret = $5::text)
    ORDER BY o.siret
    LIMIT $3::int + 1)
SELECT json_build_object(
    'items', coalesce(json_agg(organisation_json(p.organisation) ORDER BY p.place)
                      FILTER (WHERE p.place <= $3::int), '[]'),
    'next_cursor', CASE WHEN count(*) > $3::int THEN max(p.siret) FILTER (WHERE p.place = $3::int) END)::text AS document
FROM page p
