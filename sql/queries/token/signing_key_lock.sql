-- One change of keys at a time, over all instances: waits for another to end.
-- :exec ()
SELECT pg_advisory_xact_lock(7239282)
