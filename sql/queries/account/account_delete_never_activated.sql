-- Retention: accounts that the former release made at a sign-up and that were never activated, after 30 days.
-- :exec ()
DELETE FROM account WHERE state = 'pending' AND updated_at < now() - interval '30 days'
