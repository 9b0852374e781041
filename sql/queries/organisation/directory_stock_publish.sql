-- Replaces the directory by the two files that were read, and counts its establishments.
-- :one () -> establishments int8
SELECT directory_stock_publish() AS establishments
