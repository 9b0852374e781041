-- One change of keys at a time, over all instances.
SELECT pg_advisory_xact_lock(7239282)
