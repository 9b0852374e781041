-- $1 account
SELECT count(*) AS webhooks FROM webhook WHERE account_id = $1::uuid
