-- The living sessions of an account, the last one used first.
-- :one (account uuid,
--       session uuid?,         -- the present one
--       limit int4, after_us int8?, after_id uuid?) -> document text
WITH page AS (
    SELECT s.*, row_number() OVER (ORDER BY s.last_seen_at DESC, s.id DESC) AS place,
           (extract(epoch FROM s.last_seen_at) * 1000000)::bigint || '_' || s.id AS cursor
    FROM session s
    WHERE s.account_id = $1::uuid AND s.expires_at > now() AND s.last_seen_at > now() - interval '12 hours'
      AND ($4::bigint IS NULL
           OR (s.last_seen_at, s.id) < (timestamptz 'epoch' + $4::bigint * interval '1 microsecond', $5::uuid))
    ORDER BY s.last_seen_at DESC, s.id DESC
    LIMIT $3::int + 1)
SELECT json_build_object(
    'items', coalesce(json_agg(json_build_object(
                 'id', p.id, 'current', p.id = $2::uuid, 'ip', p.address, 'user_agent', p.user_agent,
                 'created_at', api_time(p.created_at), 'last_seen_at', api_time(p.last_seen_at),
                 'expires_at', api_time(least(p.expires_at, p.last_seen_at + interval '12 hours')))
             ORDER BY p.place) FILTER (WHERE p.place <= $3::int), '[]'),
    'next_cursor', CASE WHEN count(*) > $3::int THEN max(p.cursor) FILTER (WHERE p.place = $3::int) END)::text AS document
FROM page p
