-- Keys count for 24 hours; what they keep goes with them.
-- :exec ()
DELETE FROM idempotency_key WHERE created_at < now() - interval '24 hours'
