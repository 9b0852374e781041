-- Whether an account, or its program, is known to be in a network: a token was revealed to it there before, or it logged
-- in there a day ago or more. A log-in of today vouches for nothing: who took the account over logged in too.
-- :one (account uuid,
--       client uuid?,         -- the account's program; its log-ins are none
--       network cidr)         -- /24 or /64
--     -> is_near bool
SELECT EXISTS (SELECT FROM token_reveal r
               WHERE r.account_id = $1::uuid AND r.client_id IS NOT DISTINCT FROM $2::uuid
                 AND CASE WHEN r.address ~ '^[0-9a-f:.]+$' THEN r.address::inet <<= $3::cidr END)
    OR ($2::uuid IS NULL
        AND EXISTS (SELECT FROM audit u
                    WHERE u.actor_id = $1::uuid AND u.action IN ('session.open', 'session.open_by_provider')
                      AND u.at < now() - interval '1 day'
                      AND CASE WHEN u.address ~ '^[0-9a-f:.]+$' THEN u.address::inet <<= $3::cidr END)) AS is_near
