-- The id, the number and the expiry of a string to be signed. The number grows with each string of one token, so that
-- it tells them apart even within one second.
-- :one (request uuid, months int4, habilitation text) -> token_plan (
--     id uuid,             -- claim jti
--     exists bool,
--     lives bool,          -- exists and is not revoked
--     subject_id text,     -- claim sub: the first habilitation
--     number int8,         -- see struct token_string
--     expires_at_s int8)   -- claim exp
SELECT coalesce(t.id, gen_random_uuid()) AS id,
       t.id IS NOT NULL AS exists,
       t.id IS NOT NULL AND (t.revoked_at IS NULL OR t.revoked_at > now()) AND k.state <> 'retired' AS lives,
       coalesce(t.subject_id::text, $3) AS subject_id,
       greatest(floor(extract(epoch FROM now()))::bigint, coalesce(t.issued_at, 0) + 1) AS number,
       extract(epoch FROM now() + make_interval(months => $2::int))::bigint AS expires_at_s
FROM (SELECT 1) one
LEFT JOIN token t ON t.request_id = $1::uuid
LEFT JOIN signing_key k ON k.kid = t.kid
