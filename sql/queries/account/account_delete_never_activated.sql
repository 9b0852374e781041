-- Retention: 30 days after the last attempt to sign up.
-- :exec ()
DELETE FROM account WHERE state = 'pending' AND updated_at < now() - interval '30 days'
