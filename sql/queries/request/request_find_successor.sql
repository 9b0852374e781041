-- The member of an organisation to whom a request may be transferred.
-- :opt (siret text, email_key text) -> account_id uuid
SELECT a.id AS account_id
FROM account a JOIN membership m ON m.account_id = a.id
WHERE m.siret = $1 AND m.state IN ('active', 'external') AND account_is_active(a) AND a.email_key = $2
