-- The domains that an organisation trusts, by name.
-- :one (siret text, limit int4, after text?) -> document text
WITH page AS (
    SELECT t.*, row_number() OVER (ORDER BY t.domain COLLATE "C") AS place
    FROM trusted_domain t
    WHERE t.siret = $1 AND ($3::text IS NULL OR t.domain COLLATE "C" > $3::text)
    ORDER BY t.domain COLLATE "C"
    LIMIT $2::int + 1)
SELECT json_build_object(
    'items', coalesce(json_agg(json_build_object('domain', p.domain, 'added_by', person_json(p.added_by),
                                                 'added_at', api_time(p.added_at)) ORDER BY p.place)
                      FILTER (WHERE p.place <= $2::int), '[]'),
    'next_cursor', CASE WHEN count(*) > $2::int THEN max(p.domain) FILTER (WHERE p.place = $2::int) END)::text AS document
FROM page p
