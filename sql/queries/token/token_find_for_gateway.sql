-- What the gateway checks a call against. $1 token.
SELECT t.id, t.product, array_to_string(t.scopes, ' ') AS scopes,
       array_to_string(t.allowed_ips, ' ') AS allowed_ips, t.issued_at,
       t.previous_issued_at,
       (extract(epoch FROM t.previous_until) * 1000)::bigint AS previous_until_ms,
       (extract(epoch FROM t.expires_at) * 1000)::bigint AS expires_at_ms,
       (extract(epoch FROM t.revoked_at) * 1000)::bigint AS revoked_at_ms,
       t.change_number
FROM token t
WHERE t.id = $1::uuid
