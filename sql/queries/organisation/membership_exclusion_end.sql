-- Support accepts an address: that it was kept out is no longer kept.
-- :exec (siret text, address_macs jsonb)
DELETE FROM membership_exclusion
WHERE siret = $1 AND address_mac IN (SELECT jsonb_array_elements_text($2::jsonb))
