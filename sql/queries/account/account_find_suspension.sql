-- Whether an account is suspended now.
-- :one (account uuid) -> account_suspension (
--     is_suspended bool,
--     until text?)             -- the day when it ends by itself, as people write it
SELECT account_state(a) = 'suspended' AS is_suspended,
       paris_time(a.suspended_until) AS until
FROM account a WHERE a.id = $1::uuid
