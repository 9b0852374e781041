-- Sums the hours of one day into its rows by day.
CREATE OR REPLACE FUNCTION call_roll_day(asked timestamptz) RETURNS void
    LANGUAGE sql
    AS $$
        DELETE FROM call_day WHERE day = asked;
        INSERT INTO call_day (day, token_id, endpoint, status, error_code, is_sandbox, slot, calls, last_at)
        SELECT asked, token_id, endpoint, status, error_code, is_sandbox, slot, sum(calls), max(last_at)
        FROM call_hour
        WHERE hour >= asked AND hour < asked + interval '1 day'
        GROUP BY token_id, endpoint, status, error_code, is_sandbox, slot
    $$;
