-- The first 20 audit entries whose hash does not follow from their content and the entry before.
-- :many () -> id int8
SELECT a.id
FROM (SELECT x, x.id, x.hash, x.previous_hash, lag(x.hash) OVER (ORDER BY x.id) AS expected_previous,
             row_number() OVER (ORDER BY x.id) AS place
      FROM audit x) a
WHERE a.hash IS DISTINCT FROM audit_row_hash(a.previous_hash, a.x)
   OR a.previous_hash IS DISTINCT FROM a.expected_previous
ORDER BY a.id
LIMIT 20
