-- Sums the calls of one hour into its rows by hour.
CREATE OR REPLACE FUNCTION call_roll_hour(asked timestamptz) RETURNS void
    LANGUAGE sql
    AS $$
        DELETE FROM call_hour WHERE hour = asked;
        INSERT INTO call_hour (hour, token_id, endpoint, status, error_code, is_sandbox, slot, calls, last_at)
        SELECT asked, token_id, endpoint, status, error_code, is_sandbox, usage_slot(duration_us), count(*), max(at)
        FROM call
        WHERE at >= asked AND at < asked + interval '1 hour'
        GROUP BY token_id, endpoint, status, error_code, is_sandbox, usage_slot(duration_us)
    $$;
