-- A member to whom a request may be handed. $1 siret, $2 key of the address
SELECT a.id, a.email, a.given_name, a.family_name
FROM account a JOIN membership m ON m.account_id = a.id
WHERE m.siret = $1 AND m.state IN ('active', 'external') AND a.state = 'active' AND a.email_key = $2
