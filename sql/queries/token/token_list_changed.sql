-- Tokens whose change has a number after this one, the lowest first.
-- :many (after int8, limit int8) -> gateway_token
SELECT t.id, t.product, array_to_string(t.scopes, ' ') AS scopes,
       array_to_string(t.allowed_ips, ' ') AS allowed_ips, t.issued_at AS string_number,
       t.previous_issued_at AS previous_string_number,
       (extract(epoch FROM t.previous_until) * 1000)::bigint AS previous_until_ms,
       (extract(epoch FROM t.expires_at) * 1000)::bigint AS expires_at_ms,
       (extract(epoch FROM t.revoked_at) * 1000)::bigint AS revoked_at_ms,
       t.change_number, t.former_system,
       (extract(epoch FROM t.former_until) * 1000)::bigint AS former_until_ms
FROM token t
WHERE t.change_number > $1::bigint
ORDER BY t.change_number
LIMIT $2::bigint
