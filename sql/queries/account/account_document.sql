-- $1 id, $2 the setting staff_second_factor
SELECT account_json(a, $2::boolean)::text AS document, a.version
FROM account a WHERE a.id = $1::uuid AND a.state = 'active'
