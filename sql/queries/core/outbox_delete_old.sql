-- Retention: mails that were sent, and those that were given up.
-- :exec (sent_days int4, parked_days int4)
DELETE FROM outbox
WHERE state = 'sent' AND created_at < now() - make_interval(days => $1::int)
   OR state = 'parked' AND created_at < now() - make_interval(days => $2::int)
