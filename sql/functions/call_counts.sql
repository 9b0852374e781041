-- The calls of a token, counted by point of the chart: whole days and hours from the roll-ups, the
-- rest call by call. A chart finer than an hour is made of calls alone.
CREATE OR REPLACE FUNCTION call_counts(asked uuid, from_at timestamptz, to_at timestamptz, bucket_s int)
    RETURNS TABLE (at timestamptz, endpoint text, status smallint, error_code text, is_sandbox boolean,
                   slot smallint, calls bigint, last_at timestamptz)
    LANGUAGE plpgsql STABLE SET timezone = 'UTC'
    AS $$
    #variable_conflict use_column
    DECLARE
        bucket interval := make_interval(secs => bucket_s);
        rolled timestamptz := (SELECT r.until FROM call_rolled r);
        hour_from timestamptz := date_trunc('hour', from_at - interval '1 microsecond') + interval '1 hour';
        hour_to timestamptz := least(date_trunc('hour', to_at), rolled);
        day_from timestamptz := date_trunc('day', from_at - interval '1 microsecond') + interval '1 day';
        day_to timestamptz := least(date_trunc('day', to_at), date_trunc('day', rolled));
    BEGIN
        IF bucket_s < 3600 OR hour_to <= hour_from THEN
            hour_from := to_at;
            hour_to := to_at;
        END IF;
        IF bucket_s < 86400 OR hour_to <= hour_from OR day_to <= day_from THEN
            day_from := hour_to;
            day_to := hour_to;
        END IF;
        RETURN QUERY
            SELECT date_bin(bucket, d.day, timestamptz 'epoch'), d.endpoint, d.status, d.error_code, d.is_sandbox, d.slot,
                   d.calls::bigint, d.last_at
            FROM call_day d
            WHERE d.token_id = asked AND d.day >= day_from AND d.day < day_to
            UNION ALL
            SELECT date_bin(bucket, h.hour, timestamptz 'epoch'), h.endpoint, h.status, h.error_code, h.is_sandbox, h.slot,
                   h.calls::bigint, h.last_at
            FROM call_hour h
            WHERE h.token_id = asked
              AND ((h.hour >= hour_from AND h.hour < least(day_from, hour_to)) OR (h.hour >= day_to AND h.hour < hour_to));
        RETURN QUERY
            SELECT date_bin(bucket, c.at, timestamptz 'epoch'), c.endpoint, c.status, c.error_code, c.is_sandbox,
                   usage_slot(c.duration_us), count(*), max(c.at)
            FROM call c
            WHERE c.token_id = asked AND c.at >= from_at AND c.at < least(hour_from, to_at)
            GROUP BY 1, 2, 3, 4, 5, 6;
        RETURN QUERY
            SELECT date_bin(bucket, c.at, timestamptz 'epoch'), c.endpoint, c.status, c.error_code, c.is_sandbox,
                   usage_slot(c.duration_us), count(*), max(c.at)
            FROM call c
            WHERE c.token_id = asked AND c.at >= greatest(hour_to, hour_from) AND c.at < to_at
            GROUP BY 1, 2, 3, 4, 5, 6;
    END $$;
