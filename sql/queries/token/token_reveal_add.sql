-- Notes that somebody saw the string.
-- :exec (token uuid,
--        how text,      -- reveal, rotation, share
--        account uuid?, -- NULL for a share
--        client uuid?,  -- the account's program
--        share uuid?,
--        address text?)
INSERT INTO token_reveal (token_id, how, account_id, client_id, share_id, address)
VALUES ($1::uuid, $2, $3::uuid, $4::uuid, $5::uuid, $6)
