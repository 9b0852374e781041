-- Takes the mails that are due for two minutes: a worker that dies gives them back by that time. One
-- that waits longer than any may, waits for a clock that was set back. $1 how many
WITH due AS (
    SELECT id FROM outbox
    WHERE state = 'pending' AND (next_attempt_at <= now() OR next_attempt_at > now() + interval '31 minutes')
    ORDER BY next_attempt_at LIMIT $1::int FOR UPDATE SKIP LOCKED
)
UPDATE outbox o
SET attempts = o.attempts + 1, next_attempt_at = now() + interval '2 minutes'
FROM due
WHERE o.id = due.id
RETURNING o.id, o.template, o.recipient, o.data::text, o.attempts, o.created_at < now() - interval '24 hours' AS is_old
