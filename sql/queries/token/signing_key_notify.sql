-- Tells every instance that the keys changed.
-- :exec ()
SELECT pg_notify('signing_key', '')
