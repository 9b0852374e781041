-- Who holds this secret; twelve hours without a request end a session. $1 secret hash
SELECT s.id, s.account_id, a.email, s.second_factor,
       (extract(epoch FROM s.logged_in_at) * 1000)::bigint AS logged_in_at_ms,
       s.last_seen_at < now() - interval '1 minute' AS is_stale,
       EXISTS (SELECT FROM second_factor f WHERE f.account_id = a.id AND f.confirmed_at IS NOT NULL) AS enrolled,
       account_needs_second_factor(a.id) AS needs_second_factor,
       (SELECT string_agg(r.role || ':' || coalesce(r.product, ''), ' ' ORDER BY r.granted_at, r.id)
        FROM staff_role r WHERE r.account_id = a.id) AS roles
FROM session s JOIN account a ON a.id = s.account_id
WHERE s.secret_hash = $1 AND s.expires_at > now() AND s.last_seen_at > now() - interval '12 hours'
  AND a.state = 'active'
