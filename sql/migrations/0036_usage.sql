-- Figures of the calls: roll-ups by hour and by day, alerts.

-- Durations are kept as slots of 10 %: a slot holds 100 µs × 1.1^slot and more, below the next.
CREATE FUNCTION usage_slot(duration_us bigint) RETURNS smallint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT greatest(0, least(250, floor(ln(greatest(duration_us, 1) / 100.0) / ln(1.1))))::smallint $$;
CREATE FUNCTION usage_slot_ms(slot smallint) RETURNS numeric
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    AS $$ SELECT round((100 * power(1.1::float8, slot + 0.5) / 1000)::numeric, 2) $$;

-- Roll-ups have no row-level security, as `call` (0035): whoever reads has passed token_rights.
CREATE TABLE call_hour (
    hour timestamptz NOT NULL,
    token_id uuid NOT NULL,
    endpoint text,
    status smallint NOT NULL,
    error_code text,
    slot smallint NOT NULL,
    calls integer NOT NULL,
    last_at timestamptz NOT NULL
);
CREATE INDEX call_hour_token_idx ON call_hour (token_id, hour);
CREATE INDEX call_hour_hour_idx ON call_hour (hour);
CREATE TABLE call_day (
    day timestamptz NOT NULL,
    token_id uuid NOT NULL,
    endpoint text,
    status smallint NOT NULL,
    error_code text,
    slot smallint NOT NULL,
    calls integer NOT NULL,
    last_at timestamptz NOT NULL
);
CREATE INDEX call_day_token_idx ON call_day (token_id, day);
CREATE INDEX call_day_day_idx ON call_day (day);

-- Hours before `until` are in call_hour, days before its day in call_day.
CREATE TABLE call_rolled (
    one boolean CONSTRAINT call_rolled_pk PRIMARY KEY DEFAULT true CONSTRAINT call_rolled_one CHECK (one),
    until timestamptz NOT NULL
);
INSERT INTO call_rolled (until) VALUES (date_trunc('hour', now(), 'UTC'));
-- Hours that got calls after they were rolled up.
CREATE TABLE call_late_hour (
    hour timestamptz CONSTRAINT call_late_hour_pk PRIMARY KEY
);

CREATE FUNCTION call_roll_hour(asked timestamptz) RETURNS void
    LANGUAGE sql
    AS $$
        DELETE FROM call_hour WHERE hour = asked;
        INSERT INTO call_hour (hour, token_id, endpoint, status, error_code, slot, calls, last_at)
        SELECT asked, token_id, endpoint, status, error_code, usage_slot(duration_us), count(*), max(at)
        FROM call
        WHERE at >= asked AND at < asked + interval '1 hour'
        GROUP BY token_id, endpoint, status, error_code, usage_slot(duration_us)
    $$;
CREATE FUNCTION call_roll_day(asked timestamptz) RETURNS void
    LANGUAGE sql
    AS $$
        DELETE FROM call_day WHERE day = asked;
        INSERT INTO call_day (day, token_id, endpoint, status, error_code, slot, calls, last_at)
        SELECT asked, token_id, endpoint, status, error_code, slot, sum(calls), max(last_at)
        FROM call_hour
        WHERE hour >= asked AND hour < asked + interval '1 day'
        GROUP BY token_id, endpoint, status, error_code, slot
    $$;

-- Rolls up at most one hour that ended five minutes ago or earlier, or one that got late calls.
-- False where nothing was left to do.
CREATE FUNCTION call_roll_next() RETURNS boolean
    LANGUAGE plpgsql SET timezone = 'UTC'
    AS $$
    DECLARE
        next timestamptz;
        done timestamptz;
    BEGIN
        SELECT r.until INTO done FROM call_rolled r FOR UPDATE;
        IF done + interval '1 hour' <= clock_timestamp() - interval '5 minutes' THEN
            PERFORM call_roll_hour(done);
            UPDATE call_rolled SET until = done + interval '1 hour';
            IF date_trunc('day', done + interval '1 hour') > date_trunc('day', done) THEN
                PERFORM call_roll_day(date_trunc('day', done));
            END IF;
            RETURN true;
        END IF;
        DELETE FROM call_late_hour l
        WHERE l.hour = (SELECT min(m.hour) FROM call_late_hour m WHERE m.hour < done)
        RETURNING l.hour INTO next;
        IF next IS NULL THEN
            RETURN false;
        END IF;
        PERFORM call_roll_hour(next);
        IF date_trunc('day', next) < date_trunc('day', done) THEN
            PERFORM call_roll_day(date_trunc('day', next));
        END IF;
        RETURN true;
    END $$;

-- The calls of a token, counted by point of the chart: whole days and hours from the roll-ups, the
-- rest call by call. A chart finer than an hour is made of calls alone.
CREATE FUNCTION usage_counts(asked uuid, from_at timestamptz, to_at timestamptz, bucket_s int)
    RETURNS TABLE (at timestamptz, endpoint text, status smallint, error_code text, slot smallint, calls bigint, last_at timestamptz)
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
            SELECT date_bin(bucket, d.day, timestamptz 'epoch'), d.endpoint, d.status, d.error_code, d.slot,
                   d.calls::bigint, d.last_at
            FROM call_day d
            WHERE d.token_id = asked AND d.day >= day_from AND d.day < day_to
            UNION ALL
            SELECT date_bin(bucket, h.hour, timestamptz 'epoch'), h.endpoint, h.status, h.error_code, h.slot,
                   h.calls::bigint, h.last_at
            FROM call_hour h
            WHERE h.token_id = asked
              AND ((h.hour >= hour_from AND h.hour < least(day_from, hour_to)) OR (h.hour >= day_to AND h.hour < hour_to));
        RETURN QUERY
            SELECT date_bin(bucket, c.at, timestamptz 'epoch'), c.endpoint, c.status, c.error_code,
                   usage_slot(c.duration_us), count(*), max(c.at)
            FROM call c
            WHERE c.token_id = asked AND c.at >= from_at AND c.at < least(hour_from, to_at)
            GROUP BY 1, 2, 3, 4, 5;
        RETURN QUERY
            SELECT date_bin(bucket, c.at, timestamptz 'epoch'), c.endpoint, c.status, c.error_code,
                   usage_slot(c.duration_us), count(*), max(c.at)
            FROM call c
            WHERE c.token_id = asked AND c.at >= greatest(hour_to, hour_from) AND c.at < to_at
            GROUP BY 1, 2, 3, 4, 5;
    END $$;

CREATE TABLE usage_alert_set (
    token_id uuid CONSTRAINT usage_alert_set_pk PRIMARY KEY CONSTRAINT usage_alert_set_token_fk REFERENCES token (id) ON DELETE CASCADE,
    version integer NOT NULL
);
CREATE TABLE usage_alert (
    token_id uuid NOT NULL CONSTRAINT usage_alert_set_fk REFERENCES usage_alert_set (token_id) ON DELETE CASCADE,
    place smallint NOT NULL,
    kind text NOT NULL CONSTRAINT usage_alert_kind CHECK (kind IN ('error_rate', 'consumption', 'silence')),
    threshold numeric CONSTRAINT usage_alert_threshold CHECK (threshold BETWEEN 0 AND 100),
    window_minutes integer NOT NULL CONSTRAINT usage_alert_window CHECK (window_minutes BETWEEN 1 AND 43200),
    told_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT usage_alert_pk PRIMARY KEY (token_id, place),
    CONSTRAINT usage_alert_threshold_given CHECK ((threshold IS NULL) = (kind = 'silence'))
);
COMMENT ON COLUMN usage_alert.told_at IS 'when it was mailed; emptied once the figures are back within the bounds';
