-- Forgets that people were told of clients for which somebody answers again.
-- :exec ()
UPDATE client SET stop_told_at = NULL WHERE stop_told_at IS NOT NULL AND client_is_backed(client)
