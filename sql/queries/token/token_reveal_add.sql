-- $1 token, $2 how, $3 account or NULL, $4 program or NULL, $5 share or NULL, $6 address
INSERT INTO token_reveal (token_id, how, account_id, client_id, share_id, address)
VALUES ($1::uuid, $2, $3::uuid, $4::uuid, $5::uuid, $6)
