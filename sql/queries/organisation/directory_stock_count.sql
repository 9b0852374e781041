-- How many establishments the directory has, and how many the one that is about to replace it.
-- :one () -> directory_sizes (present int8, next int8)
SELECT (SELECT count(*) FROM directory_establishment) AS present,
       (SELECT count(*) FROM directory_stock_establishment) AS next
