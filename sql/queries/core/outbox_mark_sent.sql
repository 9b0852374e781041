-- Records a delivery and forgets what the mail said; of a deleted account, that there was one.
-- :exec (mail uuid)
WITH farewell AS (
    DELETE FROM outbox o USING account a
    WHERE o.id = $1::uuid AND a.id = o.account_id AND a.state = 'deleted'
    RETURNING o.id
)
UPDATE outbox SET state = 'sent', sent_at = now(), last_error = NULL, data = '{}', sealed = NULL
WHERE id = $1::uuid AND NOT EXISTS (SELECT FROM farewell)
