-- Locks the factor of an account, so that no code counts twice.
-- :opt (account uuid) -> second_factor_row (
--     sealed_secret bytea,
--     is_confirmed bool,
--     last_step int8)
SELECT sealed_secret, confirmed_at IS NOT NULL AS is_confirmed, last_step
FROM second_factor WHERE account_id = $1::uuid FOR UPDATE
