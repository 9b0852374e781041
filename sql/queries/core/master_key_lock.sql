-- One decision at a time whether a key is the right one: waits for another to end.
-- :exec ()
SELECT pg_advisory_xact_lock(7239287)
