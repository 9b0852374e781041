-- The next key signs from now on.
-- :exec ()
UPDATE signing_key SET state = 'current', current_at = now() WHERE state = 'next'
