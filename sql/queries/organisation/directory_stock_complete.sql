-- Marks a stock file as read to its end.
-- :exec (kind text)  -- units or establishments
UPDATE directory_stock SET is_complete = true WHERE kind = $1
