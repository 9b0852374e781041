-- Claims one client for which nobody answers any more, and whose people were not told yet.
-- :opt () -> client_stopped (
--     id uuid,
--     name text,
--     siret text?,
--     product text?)
UPDATE client SET stop_told_at = now()
WHERE id = (SELECT c.id FROM client c
            WHERE c.stop_told_at IS NULL AND NOT client_is_backed(c)
            ORDER BY c.created_at, c.id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, name, siret, product
