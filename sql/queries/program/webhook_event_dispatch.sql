-- Plans the deliveries of new events, once for all workers. A webhook that is switched off keeps what it missed as
-- failed attempts, to be replayed.
-- :affected ()
WITH waiting AS (
    SELECT id FROM webhook_event WHERE NOT dispatched ORDER BY at LIMIT 100 FOR UPDATE SKIP LOCKED
), addressed AS (
    INSERT INTO webhook_attempt (webhook_id, event_id, state, due_at, error)
    SELECT w.id, e.id, CASE WHEN w.enabled THEN 'pending' ELSE 'failed' END,
           CASE WHEN w.enabled THEN now() END, CASE WHEN NOT w.enabled THEN 'Webhook désactivé.' END
    FROM waiting x
    JOIN webhook_event e ON e.id = x.id
    JOIN webhook w ON w.product = e.product AND e.event = ANY (w.events) AND w.created_at <= e.at
                  AND (w.siret = e.siret OR (w.siret IS NULL AND NOT e.is_private))
    WHERE webhook_is_backed(w)
)
UPDATE webhook_event SET dispatched = true WHERE id IN (SELECT id FROM waiting)
