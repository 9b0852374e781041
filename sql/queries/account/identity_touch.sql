-- The account of an identity of the provider, which is used now.
-- :opt (issuer text, subject text) -> account_id uuid
UPDATE federated_identity f
SET last_used_at = now()
FROM account a
WHERE f.issuer = $1 AND f.subject = $2 AND a.id = f.account_id AND a.state = 'active'
RETURNING f.account_id
