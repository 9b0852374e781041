-- Locks an address until the transaction ends: sign-ups with it and activations of it come one after the other.
-- :exec (email_key text)
SELECT pg_advisory_xact_lock(7239286, hashtext($1))
