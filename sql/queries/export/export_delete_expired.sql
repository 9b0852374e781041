-- Deletes some exports whose time is over.
-- :affected (limit int4)
DELETE FROM export WHERE id IN (SELECT e.id FROM export e WHERE e.expires_at <= now() ORDER BY e.expires_at LIMIT $1::int)
