-- The next seals of the audit, each with its row as it is now.
-- :many (after int8, limit int4) -> audit_record (
--     place int8,
--     audit_id int8,
--     sealed_us int8,
--     key_id text,
--     address_mac text?,
--     mac text,
--     row text?,
--     at_us int8,
--     tag text?,
--     hash text?,
--     previous_hash text?,
--     is_copy bool)
SELECT s.place, s.audit_id, (extract(epoch FROM s.sealed_at) * 1000000)::bigint AS sealed_us, s.key_id,
       encode(s.address_mac, 'hex') AS address_mac, encode(s.mac, 'hex') AS mac,
       CASE WHEN a.id IS NOT NULL
            THEN json_build_object('nonce', a.nonce, 'actor_kind', a.actor_kind, 'actor_id', a.actor_id,
                                   'action', a.action, 'subject_type', a.subject_type, 'subject_id', a.subject_id,
                                   'product', a.product, 'siret', a.siret, 'detail', a.detail,
                                   'address', a.address, 'request_id', a.request_id)::text END AS row,
       coalesce((extract(epoch FROM a.at) * 1000000)::bigint, 0) AS at_us, encode(a.tag, 'hex') AS tag,
       encode(a.hash, 'hex') AS hash, encode(a.previous_hash, 'hex') AS previous_hash,
       EXISTS (SELECT FROM audit b WHERE b.nonce = a.nonce AND b.id < a.id) AS is_copy
FROM audit_seal s
LEFT JOIN audit a ON a.id = s.audit_id
WHERE s.place > $1::bigint
ORDER BY s.place
LIMIT $2::int
