-- Takes a key for the running transaction, and says what is kept under it. Who comes while another
-- transaction has the key is not let in; a row that is a day old counts no more.
-- :one (actor text, path text, key text, body_hash bytea) -> idempotency_row (
--     is_free bool,            -- false: another act with this key runs
--     is_same_body bool?,      -- NULL: nothing is kept
--     status int4?,
--     content_type text?,
--     body text?,              -- sealed
--     headers text?)           -- JSON: [{name, value}]
WITH expired AS (
    DELETE FROM idempotency_key
    WHERE actor_id = $1 AND path = $2 AND key = $3 AND created_at < now() - interval '24 hours'
)
SELECT pg_try_advisory_xact_lock(hashtextextended(concat_ws(chr(31), $1, $2, $3), 1)) AS is_free,
       k.body_hash = $4 AS is_same_body, k.status, k.content_type, k.body, k.headers::text AS headers
FROM (SELECT) AS always
LEFT JOIN idempotency_key k
    ON k.actor_id = $1 AND k.path = $2 AND k.key = $3 AND k.created_at >= now() - interval '24 hours'
