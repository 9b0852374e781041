-- $1 units or establishments, $2 fingerprint of the file
SELECT directory_stock_open($1, $2)
