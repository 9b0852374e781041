-- $1 units or establishments
UPDATE directory_stock SET is_complete = true WHERE kind = $1
