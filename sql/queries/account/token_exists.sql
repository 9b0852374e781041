-- $1 token
SELECT EXISTS (SELECT FROM token WHERE id = $1::uuid) AS found
