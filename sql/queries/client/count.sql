-- $1 account
SELECT count(*) AS clients FROM client WHERE account_id = $1::uuid
