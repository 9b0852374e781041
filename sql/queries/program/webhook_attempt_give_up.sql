-- What waits for a webhook that was switched off. $1 webhook
UPDATE webhook_attempt
SET state = 'failed', error = 'Webhook désactivé.', due_at = NULL, claimed_until = NULL
WHERE webhook_id = $1::uuid AND state = 'pending'
