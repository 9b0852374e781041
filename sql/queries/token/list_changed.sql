-- Tokens whose copy in the gateway became stale within the last $1 milliseconds and after $2
-- (microseconds since 1970), the oldest change first; $3 at most.
SELECT t.id, t.product, array_to_string(t.scopes, ' ') AS scopes,
       array_to_string(t.allowed_ips, ' ') AS allowed_ips, t.issued_at,
       t.previous_issued_at,
       (extract(epoch FROM t.previous_until) * 1000)::bigint AS previous_until_ms,
       (extract(epoch FROM t.expires_at) * 1000)::bigint AS expires_at_ms,
       (extract(epoch FROM t.revoked_at) * 1000)::bigint AS revoked_at_ms,
       (extract(epoch FROM t.changed_at) * 1000000)::bigint AS changed_at_us
FROM token t
WHERE t.changed_at > clock_timestamp() - $1::bigint * interval '1 millisecond'
  AND t.changed_at > to_timestamp($2::bigint / 1000000.0)
ORDER BY t.changed_at
LIMIT $3::bigint
