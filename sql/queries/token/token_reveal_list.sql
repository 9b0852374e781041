-- Who saw the string of a token, the last first.
-- :one (token uuid, limit int4, after int8?) -> document text
WITH page AS (
    SELECT v.*, row_number() OVER (ORDER BY v.id DESC) AS place
    FROM token_reveal v
    WHERE v.token_id = $1::uuid AND ($3::bigint IS NULL OR v.id < $3::bigint)
    ORDER BY v.id DESC
    LIMIT $2::int + 1)
SELECT json_build_object(
    'items', coalesce(json_agg(json_build_object('at', api_time(p.at), 'how', p.how, 'person', person_json(p.account_id),
                 'client_name', c.name, 'email', s.email, 'address', p.address) ORDER BY p.place)
                 FILTER (WHERE p.place <= $2::int), '[]'),
    'next_cursor', CASE WHEN count(*) > $2::int THEN (min(p.id) FILTER (WHERE p.place = $2::int))::text END)::text AS document
FROM page p
LEFT JOIN client c ON c.id = p.client_id
LEFT JOIN token_share s ON s.id = p.share_id
