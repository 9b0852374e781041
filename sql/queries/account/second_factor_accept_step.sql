-- Notes the time step of an accepted code, so that it is not accepted twice; the first one confirms the factor.
-- :exec (account uuid, step int8)
UPDATE second_factor SET last_step = $2::bigint, confirmed_at = coalesce(confirmed_at, now())
WHERE account_id = $1::uuid
