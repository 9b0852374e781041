-- Who is attached to an organisation, as seen by a newcomer. Only activated accounts count; support's
-- case-by-case verdicts and people from elsewhere prove nothing about their domain.
-- $1 siret, $2 newcomer's account or NULL, $3 domain
SELECT EXISTS (SELECT FROM membership m JOIN account a ON a.id = m.account_id
               WHERE m.siret = $1 AND m.state IN ('active', 'external') AND a.state = 'active'
                 AND m.account_id IS DISTINCT FROM $2::uuid) AS somebody,
       EXISTS (SELECT FROM membership m JOIN account a ON a.id = m.account_id
               WHERE m.siret = $1 AND m.state = 'active' AND a.state = 'active'
                 AND m.ground IS DISTINCT FROM 'support' AND m.account_id IS DISTINCT FROM $2::uuid
                 AND email_domain(a.email_key) = $3) AS same_domain,
       EXISTS (SELECT FROM trusted_domain t WHERE t.siret = $1 AND t.domain = $3) AS trusted
