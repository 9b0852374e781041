-- The first 20 rows of the audit that have no seal and will get none.
-- :many () -> id int8
SELECT a.id
FROM audit a
LEFT JOIN audit_seal s ON s.audit_id = a.id
LEFT JOIN audit_unsealed u ON u.audit_id = a.id
WHERE s.place IS NULL AND (u.audit_id IS NULL OR u.refused)
ORDER BY a.id
LIMIT 20
