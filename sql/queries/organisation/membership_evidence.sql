-- Who is attached to an organisation, as a newcomer finds it. Only activated accounts count; those that support
-- accepted one by one, external ones and suspended accounts say nothing about their domain.
-- :one (siret text, newcomer uuid?, domain text) -> membership_evidence (
--     has_members bool,      -- an activated account is attached
--     has_same_domain bool,  -- one of them has the newcomer's domain
--     is_trusted bool)       -- support trusts the newcomer's domain
SELECT EXISTS (SELECT FROM membership m JOIN account a ON a.id = m.account_id
               WHERE m.siret = $1 AND m.state IN ('active', 'external') AND a.state = 'active'
                 AND m.account_id IS DISTINCT FROM $2::uuid) AS has_members,
       EXISTS (SELECT FROM membership m JOIN account a ON a.id = m.account_id
               WHERE m.siret = $1 AND m.state = 'active' AND account_is_active(a)
                 AND m.ground IS DISTINCT FROM 'support' AND m.account_id IS DISTINCT FROM $2::uuid
                 AND email_domain(a.email_key) = $3) AS has_same_domain,
       EXISTS (SELECT FROM trusted_domain t WHERE t.siret = $1 AND t.domain = $3) AS is_trusted
