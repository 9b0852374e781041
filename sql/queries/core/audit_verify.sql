-- The first 20 audit entries of before the seals whose hash does not follow from their content and the entry before.
-- Of one whose address was forgotten since, the hash before alone is compared.
-- :many () -> id int8
SELECT a.id
FROM (SELECT x, x.id, x.hash, x.previous_hash, lag(x.hash) OVER (ORDER BY x.id) AS expected_previous,
             x.address IS NULL AND s.address_mac IS NOT NULL AS is_forgotten
      FROM audit x
      LEFT JOIN audit_seal s ON s.audit_id = x.id
      WHERE x.hash IS NOT NULL) a
WHERE (NOT a.is_forgotten AND a.hash IS DISTINCT FROM audit_row_hash(a.previous_hash, a.x))
   OR a.previous_hash IS DISTINCT FROM a.expected_previous
ORDER BY a.id
LIMIT 20
