-- $1 id; only those that others may see
SELECT m.id, m.account_id, m.siret, m.state, m.ground, m.reported_at IS NOT NULL AS reported,
       a.email, email_domain(a.email_key) AS domain, a.given_name, a.family_name, o.name AS organisation_name
FROM membership m JOIN account a ON a.id = m.account_id JOIN organisation o ON o.siret = m.siret
WHERE m.id = $1::uuid AND m.state NOT IN ('pending', 'left') AND a.state = 'active'
FOR UPDATE OF m
