-- Claims due mails for two minutes; a worker that crashes thereby gives them back. A mail that is due further
-- ahead than any may be was left by a clock that was set back.
-- :many (limit int4) -> outbox_mail (
--     id uuid,
--     template text,
--     recipient text,
--     data text,               -- JSON; what a former version wrote
--     sealed text?,            -- the same, sealed
--     attempts int4,           -- this one included
--     is_old bool)             -- more than 24 hours: parked at the next failure
WITH due AS (
    SELECT id FROM outbox
    WHERE state IN ('pending', 'sealed') AND (next_attempt_at <= now() OR next_attempt_at > now() + interval '31 minutes')
    ORDER BY next_attempt_at LIMIT $1::int FOR UPDATE SKIP LOCKED
)
UPDATE outbox o
SET attempts = o.attempts + 1, next_attempt_at = now() + interval '2 minutes'
FROM due
WHERE o.id = due.id
RETURNING o.id, o.template, o.recipient, o.data::text AS data, o.sealed, o.attempts, o.created_at < now() - interval '24 hours' AS is_old
