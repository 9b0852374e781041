-- With their attempts.
DELETE FROM webhook_event WHERE at < now() - interval '30 days'
