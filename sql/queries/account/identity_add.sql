-- $1 issuer, $2 subject, $3 account
INSERT INTO federated_identity (issuer, subject, account_id, last_used_at) VALUES ($1, $2, $3::uuid, now())
