-- Nobody else changes the request until the transaction ends. $1 request
SELECT r.id FROM request r WHERE r.id = $1::uuid FOR UPDATE
