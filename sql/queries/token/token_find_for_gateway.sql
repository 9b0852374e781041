-- What the gateway checks a call against.
-- :one (token uuid) -> gateway_token (
--     id uuid,
--     product text,
--     scopes text,                 -- separated by blanks
--     allowed_ips text,            -- CIDRs separated by blanks; empty for any address
--     string_number int8,          -- of the string in use
--     previous_string_number int8?,  -- of the former string
--     previous_until_ms int8?,     -- how long that one is good
--     expires_at_ms int8,
--     revoked_at_ms int8?,         -- may be in the future
--     change_number int8,          -- grows with each change of the row, whatever the clocks do
--     former_system text?,         -- whose string is accepted as well
--     former_until_ms int8?)       -- how long
SELECT t.id, t.product, array_to_string(t.scopes, ' ') AS scopes,
       array_to_string(t.allowed_ips, ' ') AS allowed_ips, t.issued_at AS string_number,
       t.previous_issued_at AS previous_string_number,
       (extract(epoch FROM t.previous_until) * 1000)::bigint AS previous_until_ms,
       (extract(epoch FROM t.expires_at) * 1000)::bigint AS expires_at_ms,
       (extract(epoch FROM t.revoked_at) * 1000)::bigint AS revoked_at_ms,
       t.change_number, t.former_system,
       (extract(epoch FROM t.former_until) * 1000)::bigint AS former_until_ms
FROM token t
WHERE t.id = $1::uuid
