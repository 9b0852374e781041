-- Seals rows of the audit, and marks those that the program did not write.
-- :exec (
--     seals jsonb,             -- [{place, audit_id, key_id, address_mac, mac}]
--     refused int8[],
--     sealed_us int8)          -- microseconds since 1970
WITH sealed AS (
    INSERT INTO audit_seal (place, audit_id, sealed_at, key_id, address_mac, mac)
    SELECT s.place, s.audit_id, timestamptz 'epoch' + $3::bigint * interval '1 microsecond', s.key_id,
           decode(s.address_mac, 'hex'), decode(s.mac, 'hex')
    FROM jsonb_to_recordset($1::jsonb) AS s (place bigint, audit_id bigint, key_id text, address_mac text, mac text)
    RETURNING audit_id
), marked AS (
    UPDATE audit_unsealed SET refused = true WHERE audit_id = ANY ($2::bigint[])
)
DELETE FROM audit_unsealed WHERE audit_id IN (SELECT audit_id FROM sealed)
