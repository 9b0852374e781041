-- $1 token, $2 how, $3 account or NULL, $4 share or NULL, $5 address
INSERT INTO token_reveal (token_id, how, account_id, share_id, address)
VALUES ($1::uuid, $2, $3::uuid, $4::uuid, $5)
