-- A token that is going to accept a string of a former system, locked.
-- :opt (token uuid) -> token_former (
--     state text,            -- active, expired, revoked
--     former_system text?,
--     former_until_s int8?)
SELECT token_state(revoked_at, expires_at) AS state, former_system,
       floor(extract(epoch FROM former_until))::bigint AS former_until_s
FROM token WHERE id = $1::uuid FOR UPDATE
