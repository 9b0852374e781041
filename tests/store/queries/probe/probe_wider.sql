-- It has a column more than the signature.
-- :one () -> first int4
SELECT 1 AS first, 2 AS second
