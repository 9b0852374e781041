-- Who is attached to an organisation, as a newcomer finds it. Only activated accounts count; those that support
-- accepted one by one, external ones and suspended accounts say nothing about their domain.
-- :one (siret text, newcomer uuid?, domain text,
--       email_key text?,       -- of the newcomer; NULL: unknown
--       address_macs jsonb?)   -- of it, array of texts
-- -> membership_evidence (
--     has_members bool,      -- an activated account is attached
--     has_same_domain bool,  -- one of them has the newcomer's domain
--     is_trusted bool,       -- support trusts the newcomer's domain
--     is_excluded bool)      -- the address was kept out: by its former account, or by one that has another address now
SELECT EXISTS (SELECT FROM membership m JOIN account a ON a.id = m.account_id
               WHERE m.siret = $1 AND m.state IN ('active', 'external') AND a.state = 'active'
                 AND m.account_id IS DISTINCT FROM $2::uuid) AS has_members,
       EXISTS (SELECT FROM membership m JOIN account a ON a.id = m.account_id
               WHERE m.siret = $1 AND m.state = 'active' AND account_is_active(a)
                 AND m.ground IS DISTINCT FROM 'support' AND m.account_id IS DISTINCT FROM $2::uuid
                 AND email_domain(a.email_key) = $3) AS has_same_domain,
       EXISTS (SELECT FROM trusted_domain t WHERE t.siret = $1 AND t.domain = $3) AS is_trusted,
       EXISTS (SELECT FROM membership_exclusion x
               WHERE x.siret = $1 AND x.at > now() - interval '24 months'
                 AND x.address_mac IN (SELECT jsonb_array_elements_text($5::jsonb)))
       OR EXISTS (SELECT FROM account_former_email f JOIN membership m ON m.account_id = f.account_id
                  WHERE f.email_key = $4::text AND m.siret = $1 AND m.state IN ('refused', 'suspended')
                    AND m.account_id IS DISTINCT FROM $2::uuid) AS is_excluded
