-- How many rows of this file an earlier run stored; -1: all of them. Another file of the kind starts over.
-- :one (kind text,         -- units or establishments
--       fingerprint text)  -- name, size and time of the file
-- -> rows_stored int8
SELECT directory_stock_open($1, $2) AS rows_stored
