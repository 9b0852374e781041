-- $1 account, $2 secret hash, $3 second factor passed, $4 id_token of the provider or NULL,
-- $5 address, $6 user agent, $7 when the person proved who they are (ms). Seven days at most.
INSERT INTO session (account_id, secret_hash, second_factor, id_token, address, user_agent, logged_in_at, expires_at)
VALUES ($1::uuid, $2, $3::boolean, $4, $5, left($6, 255),
        least(timestamptz 'epoch' + $7::bigint * interval '1 millisecond', now()), now() + interval '7 days')
RETURNING id
