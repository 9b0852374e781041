-- $1 account
SELECT count(*) AS held FROM webhook WHERE account_id = $1::uuid
