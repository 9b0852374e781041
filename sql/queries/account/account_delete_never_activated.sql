-- Retention: accounts that the former release made at a sign-up and that were never activated, after 30 days; the oldest
-- first, so many at a time.
-- :affected (limit int4)
DELETE FROM account WHERE id IN (
    SELECT a.id FROM account a WHERE a.state = 'pending' AND a.updated_at < now() - interval '30 days'
    ORDER BY a.updated_at LIMIT $1::int)
