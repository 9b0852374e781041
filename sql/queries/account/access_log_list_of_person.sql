-- Who looked at a person's account and requests, the last first: the service, as for decisions, and not the name.
-- :one (account uuid, limit int4, after int8?) -> document text
WITH page AS (
    SELECT e AS look, e.id, row_number() OVER (ORDER BY e.id DESC) AS place
    FROM access_log e
    WHERE e.concerned_id = $1::uuid AND ($3::bigint IS NULL OR e.id < $3::bigint)
    ORDER BY e.id DESC
    LIMIT $2::int + 1)
SELECT json_build_object(
    'items', coalesce(json_agg(access_json(p.look) ORDER BY p.place) FILTER (WHERE p.place <= $2::int), '[]'),
    'next_cursor', CASE WHEN count(*) > $2::int THEN (min(p.id) FILTER (WHERE p.place = $2::int))::text END)::text AS document
FROM page p
