-- Locks the webhook whose delivery is due first, so that no other worker claims a delivery of it before the
-- transaction ends. A webhook that is being called is passed over, so one that hangs holds one thread. Times
-- further ahead than any may be were left by a clock that was set back: they count as past. For a claim that is
-- two minutes: now() is when this transaction began, and another may have claimed since. Deliveries of a webhook
-- whose owner has lost the right to them wait, in case it comes back.
-- :opt () -> id uuid
SELECT h.id
FROM webhook_attempt d JOIN webhook h ON h.id = d.webhook_id
WHERE d.state = 'pending' AND (d.due_at <= now() OR d.due_at > now() + interval '7 hours') AND h.enabled
  AND webhook_is_backed(h)
  AND NOT EXISTS (SELECT FROM webhook_attempt b
                  WHERE b.webhook_id = h.id AND b.state = 'pending'
                    AND b.claimed_until BETWEEN now() AND now() + interval '2 minutes')
ORDER BY d.due_at
LIMIT 1
FOR NO KEY UPDATE OF h SKIP LOCKED
