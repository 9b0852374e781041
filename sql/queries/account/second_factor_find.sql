-- Locked, so that no code counts twice. $1 account
SELECT sealed_secret, confirmed_at IS NOT NULL AS confirmed, last_step
FROM second_factor WHERE account_id = $1::uuid FOR UPDATE
