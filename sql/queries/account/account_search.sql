-- A page of accounts found by their names or e-mail, the newest first.
-- :one (words text,            -- each of them occurs, or the key of an address
--       limit int4, after_us int8?, after_id uuid?) -> document text
WITH page AS (
    SELECT a AS account, a.id, a.created_at,
           row_number() OVER (ORDER BY a.created_at DESC, a.id DESC) AS place,
           (extract(epoch FROM a.created_at) * 1000000)::bigint || '_' || a.id AS cursor
    FROM accounts_found($1, $2::int, $3::bigint, $4::uuid) a)
SELECT json_build_object(
    'items', coalesce(json_agg(json_build_object(
                 'id', p.id, 'email', (p.account).email, 'given_name', (p.account).given_name,
                 'family_name', (p.account).family_name, 'state', account_state(p.account),
                 'roles', account_roles_json(p.id), 'created_at', api_time(p.created_at),
                 'last_login_at', api_time((p.account).last_login_at)) ORDER BY p.place)
             FILTER (WHERE p.place <= $2::int), '[]'),
    'next_cursor', CASE WHEN count(*) > $2::int THEN max(p.cursor) FILTER (WHERE p.place = $2::int) END)::text AS document
FROM page p
