-- Deletes roll-ups: those by hour after 40 days, those by day after 12 months.
-- :exec ()
WITH hours AS (
    DELETE FROM call_hour WHERE hour < now() - interval '40 days'
)
DELETE FROM call_day WHERE day < now() - interval '12 months'
