-- Whether an account is suspended now.
-- :one (account uuid) -> account_suspension (
--     is_suspended bool,
--     until text?)             -- the day when it ends by itself, as people write it
SELECT account_state(a) = 'suspended' AS is_suspended,
       to_char(a.suspended_until AT TIME ZONE 'Europe/Paris', 'DD/MM/YYYY à HH24:MI') AS until
FROM account a WHERE a.id = $1::uuid
