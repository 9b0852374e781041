-- The last number given to a change of a token, once a row, and the tokens whose change has a number
-- after $1, the lowest first; $2 at most. One row without token where nothing changed.
SELECT CASE WHEN s.is_called THEN s.last_value ELSE 0 END AS last_number,
       t.id, t.product, array_to_string(t.scopes, ' ') AS scopes,
       array_to_string(t.allowed_ips, ' ') AS allowed_ips, t.issued_at,
       t.previous_issued_at,
       (extract(epoch FROM t.previous_until) * 1000)::bigint AS previous_until_ms,
       (extract(epoch FROM t.expires_at) * 1000)::bigint AS expires_at_ms,
       (extract(epoch FROM t.revoked_at) * 1000)::bigint AS revoked_at_ms,
       t.change_number
FROM token_change_seq s
LEFT JOIN LATERAL (
    SELECT * FROM token
    WHERE change_number > $1::bigint
    ORDER BY change_number LIMIT $2::bigint
) t ON true
ORDER BY t.change_number
