-- Notes that the person was told that their account will be deleted.
-- :exec (account uuid)
UPDATE account SET inactive_warned_at = now() WHERE id = $1::uuid
