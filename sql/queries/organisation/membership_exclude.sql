-- Keeps the addresses of a person whom support refused or has still to judge out of these organisations, before
-- the memberships are over.
-- :exec (account uuid,
--        siret text?,           -- NULL: of every organisation
--        address_macs jsonb)    -- array of texts
INSERT INTO membership_exclusion (siret, address_mac)
SELECT m.siret, mac
FROM membership m, jsonb_array_elements_text($3::jsonb) mac
WHERE m.account_id = $1::uuid AND ($2::text IS NULL OR m.siret = $2::text)
  AND (m.state IN ('refused', 'suspended') OR m.reported_at IS NOT NULL)
ON CONFLICT (siret, address_mac) DO UPDATE SET at = now()
