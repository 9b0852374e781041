-- $1 attempt, $2 webhook
SELECT event_id FROM webhook_attempt WHERE id = $1::uuid AND webhook_id = $2::uuid
