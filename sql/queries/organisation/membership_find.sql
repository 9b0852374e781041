-- Locks a membership that other people may see.
-- :one (membership uuid) -> membership_row (
--     id uuid,
--     version int4,
--     account_id uuid,
--     siret text,
--     state text,             -- active, external, suspended, refused
--     is_reported bool,
--     email text,
--     email_key text,
--     domain text,
--     given_name text,
--     family_name text,
--     organisation_name text) -- or the SIRET, while the name is unknown
SELECT m.id, m.version, m.account_id, m.siret, m.state, m.reported_at IS NOT NULL AS is_reported,
       a.email, a.email_key, email_domain(a.email_key) AS domain, a.given_name, a.family_name, coalesce(o.name, o.siret) AS organisation_name
FROM membership m JOIN account a ON a.id = m.account_id JOIN organisation o ON o.siret = m.siret
WHERE m.id = $1::uuid AND m.state NOT IN ('pending', 'left') AND a.state = 'active'
FOR UPDATE OF m
