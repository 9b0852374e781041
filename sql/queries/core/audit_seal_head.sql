-- The last seal of the audit, the time, and how long the oldest row waits for its seal.
-- :one () -> audit_chain_head (
--     place int8,              -- 0: nothing is sealed yet
--     mac text,                -- hexadecimal; empty: nothing is sealed yet
--     first_sealed_us int8?,   -- microseconds since 1970
--     now_us int8,
--     waits_s int8)
SELECT coalesce(s.place, 0) AS place, coalesce(encode(s.mac, 'hex'), '') AS mac,
       (SELECT (extract(epoch FROM f.sealed_at) * 1000000)::bigint FROM audit_seal f ORDER BY f.place LIMIT 1) AS first_sealed_us,
       (extract(epoch FROM now()) * 1000000)::bigint AS now_us,
       (SELECT greatest(0, coalesce(extract(epoch FROM now() - min(u.since)), 0))::bigint
        FROM audit_unsealed u WHERE NOT u.refused) AS waits_s
FROM (SELECT) AS one
LEFT JOIN (SELECT x.place, x.mac FROM audit_seal x ORDER BY x.place DESC LIMIT 1) s ON true
