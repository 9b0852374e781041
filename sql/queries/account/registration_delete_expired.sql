-- Retention: registrations that expired a week ago.
-- :exec ()
DELETE FROM registration WHERE expires_at < now() - interval '7 days'
