-- Deletes some looks that are older than they are kept.
-- :affected (days int4, limit int4)
DELETE FROM access_log
WHERE id IN (SELECT e.id FROM access_log e WHERE e.at < now() - make_interval(days => $1::int) ORDER BY e.at LIMIT $2::int)
