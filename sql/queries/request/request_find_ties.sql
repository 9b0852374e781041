-- How the organisation and addresses are tied. $1 siret, $2 key of the controller's address or NULL
SELECT EXISTS (SELECT FROM membership m JOIN account a ON a.id = m.account_id
               WHERE m.siret = $1 AND m.state IN ('active', 'external') AND a.email_key = $2)
           AS controller_is_member,
       coalesce((SELECT json_agg(d.domain) FROM (
            SELECT email_domain(a.email_key) AS domain
            FROM membership m JOIN account a ON a.id = m.account_id
            WHERE m.siret = $1 AND m.state = 'active' AND a.state = 'active'
            UNION
            SELECT t.domain FROM trusted_domain t WHERE t.siret = $1) d), '[]')::text AS domains
