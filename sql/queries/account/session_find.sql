-- The session behind a secret; twelve hours without a request end it.
-- :opt (secret_hash bytea) -> session_row (
--     id uuid,
--     account_id uuid,
--     email text,
--     second_factor bool,      -- was shown
--     logged_in_at_ms int8,
--     is_stale bool,           -- last_seen_at is older than a minute
--     is_enrolled bool,        -- a second factor is confirmed
--     needs_factor bool,       -- a role asks for one
--     roles text?)             -- those that count: "role:product", separated by blanks
SELECT s.id, s.account_id, a.email, s.second_factor,
       (extract(epoch FROM s.logged_in_at) * 1000)::bigint AS logged_in_at_ms,
       s.last_seen_at < now() - interval '1 minute' AS is_stale,
       EXISTS (SELECT FROM second_factor f WHERE f.account_id = a.id AND f.confirmed_at IS NOT NULL) AS is_enrolled,
       account_needs_second_factor(a.id) AS needs_factor,
       (SELECT string_agg(r.role || ':' || coalesce(r.product, ''), ' ' ORDER BY r.granted_at, r.id)
        FROM staff_roles() r WHERE r.account_id = a.id) AS roles
FROM session s JOIN account a ON a.id = s.account_id
WHERE s.secret_hash = $1 AND s.expires_at > now() AND s.last_seen_at > now() - interval '12 hours'
  AND account_is_active(a)
