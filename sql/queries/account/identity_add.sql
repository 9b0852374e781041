-- Ties an identity of the provider to an account.
-- :exec (issuer text, subject text, account uuid)
INSERT INTO federated_identity (issuer, subject, account_id, last_used_at) VALUES ($1, $2, $3::uuid, now())
