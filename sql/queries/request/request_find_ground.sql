-- Whether this person may start or take over a request there. $1 siret, $2 account
SELECT m.state AS membership, o.state AS organisation_state, o.legal_category
FROM membership m JOIN organisation o ON o.siret = m.siret
WHERE m.siret = $1 AND m.account_id = $2::uuid AND m.state IN ('active', 'external')
