-- The mac of the seal at a place, in hexadecimal digits.
-- :opt (place int8) -> mac text
SELECT encode(mac, 'hex') AS mac FROM audit_seal WHERE place = $1::bigint
