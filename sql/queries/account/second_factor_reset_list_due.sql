-- The removals whose day has come.
-- :many () -> account_id uuid
SELECT account_id FROM second_factor_reset WHERE due_at <= now() ORDER BY due_at LIMIT 100
