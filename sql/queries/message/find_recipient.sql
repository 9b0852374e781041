-- Unless he would rather not be told. $1 account
SELECT a.email FROM account a
WHERE a.id = $1::uuid AND a.state = 'active' AND coalesce((a.notifications ->> 'message')::boolean, true)
