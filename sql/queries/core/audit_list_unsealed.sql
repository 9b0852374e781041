-- The next rows of the audit that wait for their seal.
-- :many (after int8, limit int4) -> audit_record (
--     place int8,              -- 0: not sealed
--     audit_id int8,
--     sealed_us int8,          -- microseconds since 1970; 0: not sealed
--     key_id text,
--     address_mac text?,       -- hexadecimal, as every mac
--     mac text,
--     row text?,               -- JSON of the columns that the program wrote; NULL: the row is gone
--     at_us int8,
--     tag text?,
--     hash text?,              -- of former rows
--     previous_hash text?,
--     is_copy bool)            -- an earlier row has the same nonce
SELECT 0::bigint AS place, a.id AS audit_id, 0::bigint AS sealed_us, '' AS key_id, NULL::text AS address_mac, '' AS mac,
       json_build_object('nonce', a.nonce, 'actor_kind', a.actor_kind, 'actor_id', a.actor_id, 'action', a.action,
                         'subject_type', a.subject_type, 'subject_id', a.subject_id, 'product', a.product,
                         'siret', a.siret, 'detail', a.detail, 'address', a.address,
                         'request_id', a.request_id)::text AS row,
       (extract(epoch FROM a.at) * 1000000)::bigint AS at_us, encode(a.tag, 'hex') AS tag,
       encode(a.hash, 'hex') AS hash, encode(a.previous_hash, 'hex') AS previous_hash,
       EXISTS (SELECT FROM audit b WHERE b.nonce = a.nonce AND b.id < a.id) AS is_copy
FROM audit_unsealed u
JOIN audit a ON a.id = u.audit_id
WHERE NOT u.refused AND u.audit_id > $1::bigint
ORDER BY u.audit_id
LIMIT $2::int
