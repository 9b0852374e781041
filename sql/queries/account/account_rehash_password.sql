-- The same password under today's parameters. $1 id, $2 former hash, $3 new hash
UPDATE account SET password_hash = $3 WHERE id = $1::uuid AND password_hash = $2
