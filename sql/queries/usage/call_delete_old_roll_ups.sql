-- Roll-ups by hour are kept for 40 days, those by day for 12 months.
WITH hours AS (
    DELETE FROM call_hour WHERE hour < now() - interval '40 days'
)
DELETE FROM call_day WHERE day < now() - interval '12 months'
