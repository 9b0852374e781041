-- After webhook/lock: one statement would count what was there before it waited. $1 webhook
SELECT count(*) AS secrets FROM webhook_secret WHERE webhook_id = $1::uuid
