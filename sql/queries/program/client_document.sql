-- $1 client, $2 account
SELECT client_json(c)::text AS document, c.version FROM client c WHERE c.id = $1::uuid AND c.account_id = $2::uuid
