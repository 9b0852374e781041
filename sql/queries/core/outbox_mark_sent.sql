-- Records a delivery and forgets what the mail said.
-- :exec (mail uuid)
UPDATE outbox SET state = 'sent', sent_at = now(), last_error = NULL, data = '{}' WHERE id = $1::uuid
