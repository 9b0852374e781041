-- After client/lock: one statement would count what was there before it waited. $1 client
SELECT count(*) AS secrets FROM client_secret WHERE client_id = $1::uuid
