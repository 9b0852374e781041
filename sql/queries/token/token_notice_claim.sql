-- One token with notices due: all of them are noted, the nearest alone is mailed, so that a program
-- that was down does not send several at once. Locked until the end of the transaction;
-- what another worker noted just before the lock is not noted, nor mailed, again. A token that will have
-- been revoked by then is not said to expire.
-- :opt () -> token_notice_due (id uuid, days int4, request_id uuid)
WITH due AS (
    SELECT t.id, t.expires_at
    FROM token t
    WHERE (t.revoked_at IS NULL OR t.revoked_at > greatest(t.expires_at, now()))
      AND t.expires_at BETWEEN now() - interval '30 days' AND now() + interval '90 days'
      AND EXISTS (SELECT FROM unnest(ARRAY[90, 60, 30, 15, 7, 0]) step
                  WHERE t.expires_at <= now() + make_interval(days => step)
                    AND NOT EXISTS (SELECT FROM token_notice n
                                    WHERE n.token_id = t.id AND n.expires_at = t.expires_at AND n.days = step))
    ORDER BY t.expires_at
    FOR UPDATE SKIP LOCKED
    LIMIT 1
), noted AS (
    INSERT INTO token_notice (token_id, expires_at, days, mailed)
    SELECT d.id, d.expires_at, step, step = min(step) OVER ()
    FROM due d, unnest(ARRAY[90, 60, 30, 15, 7, 0]) step
    WHERE d.expires_at <= now() + make_interval(days => step)
      AND NOT EXISTS (SELECT FROM token_notice n
                      WHERE n.token_id = d.id AND n.expires_at = d.expires_at AND n.days = step)
    ON CONFLICT ON CONSTRAINT token_notice_pk DO NOTHING
    RETURNING token_id, days, mailed)
SELECT n.token_id AS id, n.days, t.request_id
FROM noted n JOIN token t ON t.id = n.token_id
WHERE n.mailed
