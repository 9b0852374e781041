-- $1 account, $2 step of the code
UPDATE second_factor SET last_step = $2::bigint, confirmed_at = coalesce(confirmed_at, now())
WHERE account_id = $1::uuid
