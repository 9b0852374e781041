-- Gives up the planned deliveries of a webhook that was switched off.
-- :exec (webhook uuid)
UPDATE webhook_attempt
SET state = 'failed', error = 'Webhook désactivé.', due_at = NULL, claimed_until = NULL
WHERE webhook_id = $1::uuid AND state = 'pending'
