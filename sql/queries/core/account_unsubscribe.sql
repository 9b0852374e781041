-- Stops one kind of mail to an active account; already stopped: nothing changes.
-- :exec (
--     account uuid,
--     notification text)       -- its member in account.notifications
UPDATE account
SET notifications = notifications || jsonb_build_object($2::text, false), version = version + 1, updated_at = now()
WHERE id = $1::uuid AND state = 'active' AND coalesce((notifications ->> $2::text)::boolean, true)
