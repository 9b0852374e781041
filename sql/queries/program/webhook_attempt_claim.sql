-- Claims one due delivery of a webhook that webhook_attempt_lock_webhook has locked, for one minute. Whether one of
-- its deliveries is claimed is looked at again, since another worker may have claimed one just before the lock.
-- :opt (webhook uuid) -> webhook_delivery (
--     id uuid,
--     webhook_id uuid,
--     event_id uuid,
--     number int4,             -- from 1
--     url text,
--     body text,
--     secrets text)            -- JSON: [{id, sealed}]
WITH due AS (
    SELECT d.id FROM webhook_attempt d
    WHERE d.webhook_id = $1::uuid AND d.state = 'pending'
      AND (d.due_at <= now() OR d.due_at > now() + interval '7 hours')
      AND NOT EXISTS (SELECT FROM webhook_attempt b
                      WHERE b.webhook_id = $1::uuid AND b.state = 'pending'
                        AND b.claimed_until BETWEEN now() AND now() + interval '2 minutes')
    ORDER BY d.due_at LIMIT 1 FOR UPDATE SKIP LOCKED
)
UPDATE webhook_attempt a
SET claimed_until = now() + interval '1 minute', at = now()
FROM due, webhook w, webhook_event e
WHERE a.id = due.id AND w.id = a.webhook_id AND w.enabled AND e.id = a.event_id
RETURNING a.id, a.webhook_id, a.event_id, a.number, w.url, e.body,
          (SELECT coalesce(json_agg(json_build_object('id', s.id, 'sealed', s.sealed_secret)
                                    ORDER BY s.created_at, s.id), '[]')
           FROM webhook_secret s WHERE s.webhook_id = w.id)::text AS secrets
