-- The organisation for which the account may start a request; none where it is not an active member.
-- :opt (siret text, account uuid) -> request_ground (
--     organisation_state text,  -- open, closed, pending_directory
--     legal_category text?)
SELECT o.state AS organisation_state, o.legal_category
FROM membership m JOIN organisation o ON o.siret = m.siret
WHERE m.siret = $1 AND m.account_id = $2::uuid AND m.state IN ('active', 'external')
