-- Opens a session, of seven days at most, in place of the caller's former one, and notes the log-in.
-- :one (account uuid, secret_hash bytea,
--       former uuid?,
--       id_token text?,        -- of the identity provider
--       address text?, user_agent text?,
--       logged_in_at_ms int8)  -- when the person proved who they are; in the future: now
--     -> id uuid
WITH former AS (DELETE FROM session WHERE id = $3::uuid),
     noted AS (UPDATE account SET last_login_at = now() WHERE id = $1::uuid)
INSERT INTO session (account_id, secret_hash, id_token, address, user_agent, logged_in_at, expires_at)
VALUES ($1::uuid, $2, $4, $5, left($6, 255),
        least(timestamptz 'epoch' + $7::bigint * interval '1 millisecond', now()), now() + interval '7 days')
RETURNING id
