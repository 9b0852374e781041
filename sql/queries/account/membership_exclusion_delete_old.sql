-- Retention: who was kept out of an organisation 24 months ago.
-- :exec ()
DELETE FROM membership_exclusion WHERE at < now() - interval '24 months'
