-- Where a person acts by right of their domain. $1 account
SELECT siret, ground FROM membership
WHERE account_id = $1::uuid AND state = 'active' AND ground IN ('first', 'same_domain', 'trusted_domain')
ORDER BY siret
