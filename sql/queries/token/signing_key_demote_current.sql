-- The key that signs becomes a former one, which still verifies.
-- :exec ()
UPDATE signing_key SET state = 'previous', previous_at = now() WHERE state = 'current'
