-- What a known device of an account depends on.
-- :one (account uuid) -> device_facts (
--     password_us int8,        -- when the password was changed; 0: never
--     is_enrolled bool)        -- a second factor is confirmed
SELECT coalesce((extract(epoch FROM a.password_changed_at) * 1000000)::bigint, 0) AS password_us,
       EXISTS (SELECT FROM second_factor f WHERE f.account_id = a.id AND f.confirmed_at IS NOT NULL) AS is_enrolled
FROM account a WHERE a.id = $1::uuid
