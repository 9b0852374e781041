-- Takes one delivery that is due, for one minute; a webhook that is being called waits, so that one
-- that hangs holds one thread. Times further ahead than any may be were left by a clock that was set
-- back: they count as past. For a claim that is two minutes: now() is when this transaction began, and
-- another may have claimed since.
UPDATE webhook_attempt a
SET claimed_until = now() + interval '1 minute', at = now()
FROM (SELECT d.id FROM webhook_attempt d JOIN webhook h ON h.id = d.webhook_id
      WHERE d.state = 'pending' AND (d.due_at <= now() OR d.due_at > now() + interval '7 hours')
        AND coalesce(d.claimed_until NOT BETWEEN now() AND now() + interval '2 minutes', true) AND h.enabled
        AND NOT EXISTS (SELECT FROM webhook_attempt b
                        WHERE b.webhook_id = d.webhook_id AND b.id <> d.id AND b.state = 'pending'
                          AND b.claimed_until BETWEEN now() AND now() + interval '2 minutes')
      ORDER BY d.due_at
      FOR UPDATE OF d SKIP LOCKED
      LIMIT 1) due, webhook w, webhook_event e
WHERE a.id = due.id AND w.id = a.webhook_id AND e.id = a.event_id
RETURNING a.id, a.webhook_id, a.event_id, a.number, w.url, e.body,
          (SELECT json_agg(json_build_object('id', s.id, 'sealed', s.sealed_secret) ORDER BY s.created_at, s.id)
           FROM webhook_secret s WHERE s.webhook_id = w.id)::text AS secrets
