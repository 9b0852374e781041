-- $1 issuer, $2 subject
SELECT f.account_id, a.email FROM federated_identity f JOIN account a ON a.id = f.account_id
WHERE f.issuer = $1 AND f.subject = $2 AND a.state = 'active'
