-- Records how a delivery went. No row: the webhook was switched off or deleted meanwhile, or the delivery settled.
-- :affected (
--     attempt uuid,
--     state text,              -- delivered, failed
--     status int4?,            -- HTTP; NULL: no answer
--     excerpt text?,           -- beginning of the answer
--     problem text?,
--     duration_ms int4)
UPDATE webhook_attempt
SET state = $2, status = $3::int, response_excerpt = $4, error = $5, duration_ms = $6::int,
    claimed_until = NULL, due_at = NULL
WHERE id = $1::uuid AND state = 'pending'
