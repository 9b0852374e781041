-- Retention: addresses that accounts had 24 months ago.
-- :exec ()
DELETE FROM account_former_email WHERE until < now() - interval '24 months'
