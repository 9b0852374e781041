-- $1 account
SELECT count(*) AS held FROM client WHERE account_id = $1::uuid
